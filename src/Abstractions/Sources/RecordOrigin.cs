namespace Streaming.Abstractions.Sources;

/// <summary>Where a record came from first: kept in every log of it, so that what is drawn for it, and where a source goes on after it, never changes.</summary>
/// <param name="Topic">0-based place of the topic among those of its source.</param>
/// <param name="Partition">Partition of the topic; the shard.</param>
/// <param name="Offset">Offset in the partition, not negative.</param>
/// <param name="ArrivalTime">When it arrived there, microseconds since the Unix epoch, UTC.</param>
public readonly record struct RecordOrigin(byte Topic, int Partition, long Offset, long ArrivalTime);
