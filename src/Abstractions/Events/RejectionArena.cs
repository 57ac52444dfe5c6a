using Streaming.Abstractions.Sources;

namespace Streaming.Abstractions.Events;

/// <summary>The bad records of a batch with their bytes, kept in order for the dead letters.</summary>
public sealed class RejectionArena
{
    private readonly List<Rejection> _rejections = [];
    private readonly Arena<byte> _bytes = new();

    /// <summary>How many there are.</summary>
    public int Count => _rejections.Count;

    /// <summary>Bytes kept of all of them.</summary>
    public int Length => _bytes.Length;

    /// <summary>The rejection at <paramref name="index"/>, oldest first.</summary>
    public Rejection this[int index] => _rejections[index];

    /// <summary>The record's bytes, or their beginning where the record was cut (<see cref="Rejection.Length"/> tells), or what stands for them (<see cref="Rejection.Withheld"/>).</summary>
    public ReadOnlySpan<byte> BytesOf(in Rejection rejection) => _bytes[rejection.Bytes];

    /// <summary>Adds a rejection; keeps at most <paramref name="keep"/> of its bytes.</summary>
    public void Add(int partition, long offset, long line, DecodeError error, ReadOnlySpan<byte> record, long length, int keep, byte topic = 0, bool withheld = false)
    {
        ArenaSpan bytes = _bytes.Add(record[..Math.Min(record.Length, keep)]);
        _rejections.Add(new Rejection(partition, offset, line, error, bytes, length, topic, withheld));
    }

    /// <summary>Empties the arena, keeping its memory.</summary>
    public void Clear()
    {
        _rejections.Clear();
        _bytes.Clear();
    }
}
