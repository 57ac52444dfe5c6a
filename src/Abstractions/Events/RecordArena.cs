using Streaming.Abstractions.Sources;

namespace Streaming.Abstractions.Events;

/// <summary>
/// The good records of a batch as they came, in the order in which they were taken, for a log that gives the same stream again. Filled only where somebody writes
/// such a log (<see cref="SourceContext.KeepRecords"/>).
/// </summary>
public sealed class RecordArena
{
    private readonly List<(RecordOrigin Origin, ArenaSpan Bytes)> _records = [];
    private readonly Arena<byte> _bytes = new();

    /// <summary>How many there are.</summary>
    public int Count => _records.Count;

    /// <summary>Bytes of all of them.</summary>
    public int Length => _bytes.Length;

    /// <summary>Where the record at <paramref name="index"/> came from.</summary>
    public RecordOrigin OriginOf(int index) => _records[index].Origin;

    /// <summary>The bytes of the record at <paramref name="index"/>; valid until the batch is released.</summary>
    public ReadOnlySpan<byte> BytesOf(int index) => _bytes[_records[index].Bytes];

    /// <summary>Adds a copy of a record.</summary>
    public void Add(in RecordOrigin origin, ReadOnlySpan<byte> record) => _records.Add((origin, _bytes.Add(record)));

    /// <summary>Empties the arena, keeping its memory.</summary>
    public void Clear()
    {
        _records.Clear();
        _bytes.Clear();
    }
}
