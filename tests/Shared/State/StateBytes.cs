using System.Buffers;
using Streaming.Abstractions.State;
using Xunit;

namespace Streaming.Shared.State;

/// <summary>Writes state, as <see cref="StateBytes"/> asks for it.</summary>
public delegate void Writing(ref StateWriter writer);

/// <summary>Reads state.</summary>
public delegate void Reading(ref StateReader reader);

/// <summary>Saves and restores one component, or a part of one, through plain bytes.</summary>
public static class StateBytes
{
    public static byte[] Save(IStateful component, long epoch = 1)
    {
        component.Freeze(epoch);
        return Write(component.Save);
    }

    /// <summary>Restores, and insists that every byte was read.</summary>
    public static void Restore(IStateful component, byte[] state) => Read(state, (ref reader) => component.Restore(ref reader, component.StateVersion));

    public static byte[] Write(Writing write)
    {
        ArrayBufferWriter<byte> buffer = new();
        StateWriter writer = new(buffer);
        write(ref writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads, and insists that every byte was read.</summary>
    public static void Read(byte[] state, Reading read)
    {
        StateReader reader = new(new ReadOnlySequence<byte>(state));
        read(ref reader);
        if (reader.Remaining != 0) throw new InvalidOperationException($"{reader.Remaining} bytes of the state were left unread.");
    }

    /// <summary>Insists that what is written is refused when it is read.</summary>
    public static void AssertRefused(Writing write, Reading read)
    {
        byte[] state = Write(write);
        Assert.Throws<StateMismatchException>(() => Read(state, read));
    }
}
