namespace Streaming.Ingest.Kafka;

/// <summary>What a source has met since it was made, beside its records; all of it only grows.</summary>
/// <param name="Records">Records the client gave.</param>
/// <param name="Dropped">Of them, those that a shard had taken before: never taken twice.</param>
/// <param name="Rebalances">Times the group gave partitions, or none.</param>
/// <param name="Lost">Partitions that were another's before they could be given back.</param>
/// <param name="Pauses">Times a partition was paused because its shard was slow.</param>
/// <param name="Errors">Errors that the client told and recovers from by itself.</param>
/// <param name="CommitFailures">Commits of offsets that failed; the next one says the same and more.</param>
public readonly record struct KafkaSourceCounts(long Records, long Dropped, long Rebalances, long Lost, long Pauses, long Errors, long CommitFailures);
