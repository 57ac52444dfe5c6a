using System.Buffers;

namespace Streaming.Host.Snapshots;

/// <summary>A growing buffer of pooled blocks: state of any size, without one large array. Dispose gives the blocks back; until then what was cleared is filled again.</summary>
internal sealed class ChunkedBuffer : IBufferWriter<byte>, IDisposable
{
    private const int BlockBytes = 1 << 20;
    private readonly List<(byte[] Block, int Used)> _full = [];
    private readonly Queue<byte[]> _spare = [];
    private byte[] _block = [];
    private int _used;

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    public void Advance(int count)
    {
        _used += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(sizeHint);
        return _block.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Room(sizeHint);
        return _block.AsSpan(_used);
    }

    /// <summary>The bytes in order, in pieces; valid until the next write or <see cref="Dispose"/>.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        foreach ((byte[] block, int used) in _full) yield return block.AsMemory(0, used);
        if (_used > 0) yield return _block.AsMemory(0, _used);
    }

    /// <summary>The bytes in order; valid until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlySequence<byte> ToSequence()
    {
        BlockSegment? first = null, last = null;
        foreach (ReadOnlyMemory<byte> piece in Pieces()) last = last is null ? first = new BlockSegment(piece) : last.Append(piece);
        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    /// <summary>Forgets the bytes and keeps the blocks.</summary>
    public void Clear()
    {
        foreach ((byte[] block, _) in _full) _spare.Enqueue(block);
        if (_block.Length > 0) _spare.Enqueue(_block);
        _full.Clear();
        (_block, _used, Length) = ([], 0, 0);
    }

    public void Dispose()
    {
        Clear();
        while (_spare.TryDequeue(out byte[]? block)) ArrayPool<byte>.Shared.Return(block);
    }

    private void Room(int sizeHint)
    {
        if (_block.Length - _used >= Math.Max(1, sizeHint)) return;
        if (_used > 0) _full.Add((_block, _used));
        else if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        _used = 0;
        if (_spare.TryPeek(out byte[]? spare) && spare.Length >= sizeHint)
        {
            _block = _spare.Dequeue();
            return;
        }

        // Small states take small blocks: most stages fit into the first.
        _block = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, _full.Count == 0 ? 1 << 14 : BlockBytes));
    }
}
