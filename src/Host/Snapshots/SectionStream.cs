using System.Buffers;

namespace Streaming.Host.Snapshots;

/// <summary>Passes what is written on to a stream, block by block, with its length and its CRC-32C.</summary>
internal sealed class SectionStream(Stream stream) : IBufferWriter<byte>
{
    private const int BlockBytes = 1 << 16;
    private byte[] _block = new byte[BlockBytes];
    private int _used;
    private uint _crc = Checksum.Start;
    private long _length;

    public void Advance(int count) => _used += count;

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

    /// <summary>Passes on what is left; says what was written since the last call.</summary>
    public (long Length, uint Crc) End()
    {
        Flush();
        (long, uint) written = (_length, ~_crc);
        (_length, _crc) = (0, Checksum.Start);
        return written;
    }

    private void Room(int sizeHint)
    {
        if (_block.Length - _used >= Math.Max(1, sizeHint)) return;
        Flush();
        if (_block.Length < sizeHint) _block = new byte[sizeHint];
    }

    private void Flush()
    {
        ReadOnlySpan<byte> block = _block.AsSpan(0, _used);
        _crc = Checksum.Append(_crc, block);
        stream.Write(block);
        _length += block.Length;
        _used = 0;
    }
}
