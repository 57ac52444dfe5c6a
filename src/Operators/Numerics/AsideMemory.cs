namespace Streaming.Operators.Numerics;

/// <summary>
/// Native memory for what is copied aside while a snapshot is written: taken piece by piece, and given back all at once.
/// </summary>
/// <remarks>
/// O(1) a piece. Reserved in slabs so large that an allocator maps them by themselves: committed when they are touched, and the operating system's again when
/// they are freed. Whoever takes and frees does so one at a time.
/// </remarks>
internal sealed unsafe class AsideMemory : IDisposable
{
    private const long SlabBytes = 64 << 20;

    private readonly List<NativeBuffer<byte>> _slabs = [];
    private long _left;

    /// <summary>Bytes taken.</summary>
    public long Bytes { get; private set; }

    /// <summary>A piece of so many bytes, aligned to 8, valid until <see cref="Free"/>.</summary>
    public byte* Take(long bytes)
    {
        bytes = (bytes + 7) & -8;
        if (bytes > _left || _slabs.Count == 0)
        {
            _left = Math.Max(bytes, SlabBytes);
            _slabs.Add(new NativeBuffer<byte>(_left));
        }

        NativeBuffer<byte> slab = _slabs[^1];
        byte* piece = slab.Pointer + (slab.Length - _left);
        _left -= bytes;
        Bytes += bytes;
        return piece;
    }

    /// <summary>Gives everything back.</summary>
    public void Free()
    {
        foreach (NativeBuffer<byte> slab in _slabs) slab.Dispose();
        _slabs.Clear();
        (_left, Bytes) = (0, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => Free();
}
