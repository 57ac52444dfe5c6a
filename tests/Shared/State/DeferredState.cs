using System.Buffers;
using Streaming.Abstractions.State;

namespace Streaming.Shared.State;

/// <summary>Saves a component as a snapshot does: what can be frozen is, whatever its size, and written later.</summary>
public sealed class DeferredState : IBufferWriter<byte>, IStateDeferral, IDisposable
{
    private readonly List<(byte[] Before, ILargeState Part)> _parts = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    private DeferredState()
    {
    }

    /// <summary>Parts that were frozen and are not yet written.</summary>
    public int Parts => _parts.Count;

    /// <summary>Bytes that were copied.</summary>
    public long Copied { get; private set; }

    /// <summary>The component as it is now; called on its thread.</summary>
    public static DeferredState Of(IStateful component, long epoch = 1)
    {
        DeferredState state = new();
        component.Freeze(epoch);
        StateWriter writer = new(state);
        component.Save(ref writer);
        return state;
    }

    public bool TryDefer(ILargeState part)
    {
        if (!part.TryFreeze()) return false;
        _parts.Add((_bytes.WrittenSpan.ToArray(), part));
        _bytes.ResetWrittenCount();
        return true;
    }

    public void Advance(int count)
    {
        _bytes.Advance(count);
        Copied += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetSpan(sizeHint);

    /// <summary>Writes everything, on any thread; releases what was frozen. <paramref name="between"/> is called for every few bytes.</summary>
    public byte[] Write(Action? between = null)
    {
        Output output = new(between);
        foreach ((byte[] before, ILargeState part) in _parts)
        {
            output.Bytes.Write(before);
            StateWriter writer = new(output);
            part.Write(ref writer, frozen: true);
        }

        output.Bytes.Write(_bytes.WrittenSpan);
        Dispose();
        return output.Bytes.WrittenSpan.ToArray();
    }

    /// <summary>Releases what was not written.</summary>
    public void Dispose()
    {
        foreach ((_, ILargeState part) in _parts) part.Release();
        _parts.Clear();
    }

    private sealed class Output(Action? between) : IBufferWriter<byte>
    {
        public ArrayBufferWriter<byte> Bytes { get; } = new();

        public void Advance(int count)
        {
            Bytes.Advance(count);
            between?.Invoke();
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => Bytes.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => Bytes.GetSpan(sizeHint);
    }
}
