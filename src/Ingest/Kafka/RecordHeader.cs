namespace Streaming.Ingest.Kafka;

/// <summary>What is known of a record that waits, beside its bytes.</summary>
/// <param name="Offset">Its offset in its partition.</param>
/// <param name="Time">The message's timestamp, microseconds since the Unix epoch; 0 where it has none.</param>
/// <param name="Length">Its whole length in bytes, of which the beginning may be all that was kept; -1 of a tombstone.</param>
internal readonly record struct RecordHeader(long Offset, long Time, int Length);
