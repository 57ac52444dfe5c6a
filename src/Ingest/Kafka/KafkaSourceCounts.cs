namespace Streaming.Ingest.Kafka;

/// <summary>What a source has met since it was made, beside its records; all of it only grows.</summary>
/// <param name="Records">Records the client gave.</param>
/// <param name="Dropped">Of them, those that a shard had taken before: never taken twice.</param>
/// <param name="Rebalances">Times the group gave partitions, or none.</param>
/// <param name="Lost">Partitions that the group took away before they could be given back.</param>
/// <param name="Pauses">Times a partition was paused because its shard was slow.</param>
/// <param name="Resumes">Times one that was paused was resumed.</param>
/// <param name="Errors">Errors that the client told and recovers from by itself.</param>
/// <param name="Commits">Commits of offsets that succeeded.</param>
/// <param name="CommitFailures">Commits of offsets that failed; the next one says the same and more.</param>
/// <param name="Connects">Connections to brokers that were tried; counted each <c>statistics.interval.ms</c>, as the next.</param>
/// <param name="Disconnects">Connections that ended, and tries that came to nothing.</param>
public readonly record struct KafkaSourceCounts(
    long Records, long Dropped, long Rebalances, long Lost, long Pauses, long Resumes, long Errors, long Commits, long CommitFailures, long Connects, long Disconnects);
