using System.Buffers;
using Streaming.Abstractions.State;

namespace Streaming.Shared.State;

/// <summary>Saves and restores one component through plain bytes.</summary>
public static class StateBytes
{
    public static byte[] Save(IStateful component, long epoch = 1)
    {
        ArrayBufferWriter<byte> buffer = new();
        StateWriter writer = new(buffer);
        component.Freeze(epoch);
        component.Save(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Restores, and insists that every byte was read.</summary>
    public static void Restore(IStateful component, byte[] state)
    {
        StateReader reader = new(new ReadOnlySequence<byte>(state));
        component.Restore(ref reader, component.StateVersion);
        if (reader.Remaining != 0) throw new InvalidOperationException($"{component.StateTag} left {reader.Remaining} bytes of its state unread.");
    }
}
