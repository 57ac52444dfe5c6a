namespace Streaming.Ingest.Kafka;

/// <summary>The value of the message that the client gave last: its bytes lie in <see cref="PayloadBuffer"/>.</summary>
/// <param name="Length">Whole length in bytes; -1 of a tombstone.</param>
internal readonly record struct Payload(int Length);
