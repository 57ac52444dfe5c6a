using Streaming.Abstractions.Events;

namespace Streaming.Abstractions.Sources;

/// <summary>A bad record: where it was, why it was not taken, and its bytes.</summary>
/// <param name="Partition">Source partition (0 for files).</param>
/// <param name="Offset">0-based number of the record within the partition.</param>
/// <param name="Line">1-based line in its file; 0 where the source has no lines.</param>
/// <param name="Error">Reason and field.</param>
/// <param name="Bytes">Where the kept bytes lie in the arena.</param>
/// <param name="Length">The record's whole length in bytes, which may be more than what was kept.</param>
/// <param name="Topic">0-based place of the topic among those of its source; 0 for sources without topics.</param>
/// <param name="Withheld">Whether the kept bytes are a keyed hash of the record, which nobody may see, and not its beginning.</param>
public readonly record struct Rejection(int Partition, long Offset, long Line, DecodeError Error, ArenaSpan Bytes, long Length, byte Topic = 0, bool Withheld = false);
