using System.Buffers;
using Streaming.Abstractions.State;

namespace Streaming.Host.Snapshots;

/// <summary>
/// The content of one section on its way to the file: bytes that were copied at the barrier, and between them parts that are frozen and still to be
/// written. Dispose releases what is frozen and gives the bytes back.
/// </summary>
/// <param name="copiedUpTo">Parts of fewer bytes are copied at once. Default a mebibyte: that takes a tenth of a millisecond, and freezing has a price later.</param>
internal sealed class SectionContent(long copiedUpTo = 1 << 20) : IBufferWriter<byte>, IStateDeferral, IDisposable
{
    private readonly List<(ChunkedBuffer Before, ILargeState Part)> _frozen = [];
    private ChunkedBuffer _bytes = new();

    /// <summary>Bytes that were copied.</summary>
    public long Copied { get; private set; }

    /// <summary>Whether a part is still to be written.</summary>
    public bool IsDeferred => _frozen.Count > 0;

    /// <inheritdoc/>
    public bool TryDefer(ILargeState part)
    {
        if (part.Bytes < copiedUpTo || !part.TryFreeze()) return false;
        _frozen.Add((_bytes, part));
        _bytes = new ChunkedBuffer();
        return true;
    }

    public void Advance(int count)
    {
        _bytes.Advance(count);
        Copied += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetSpan(sizeHint);

    /// <summary>Writes everything in its order and releases each part as soon as it is written. Once; any thread.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        while (_frozen.Count > 0)
        {
            (ChunkedBuffer before, ILargeState part) = _frozen[0];
            Write(before, output);
            StateWriter writer = new(output);
            part.Write(ref writer, frozen: true);
            part.Release();
            before.Dispose();
            _frozen.RemoveAt(0);
        }

        Write(_bytes, output);
    }

    public void Dispose()
    {
        foreach ((ChunkedBuffer before, ILargeState part) in _frozen)
        {
            part.Release();
            before.Dispose();
        }

        _frozen.Clear();
        _bytes.Dispose();
    }

    private static void Write(ChunkedBuffer bytes, IBufferWriter<byte> output)
    {
        foreach (ReadOnlyMemory<byte> piece in bytes.Pieces()) output.Write(piece.Span);
    }
}
