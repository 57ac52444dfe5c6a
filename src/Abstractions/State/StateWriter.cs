using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Streaming.Abstractions.State;

/// <summary>Writes state as little-endian bytes without padding. What <see cref="StateReader"/> reads, call by call.</summary>
public readonly ref struct StateWriter
{
    private readonly IBufferWriter<byte> _output;

    /// <summary>A writer that appends to <paramref name="output"/>.</summary>
    public StateWriter(IBufferWriter<byte> output)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Snapshots are little-endian; this machine is not.");
        _output = output;
    }

    /// <summary>Writes one number (or enum) in its own size.</summary>
    public void Write<T>(T value)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        MemoryMarshal.Write(_output.GetSpan(size), in value);
        _output.Advance(size);
    }

    /// <summary>Writes a truth value as one byte.</summary>
    public void Write(bool value) => Write((byte)(value ? 1 : 0));

    /// <summary>Writes a length (4 bytes) and then the elements.</summary>
    public void WriteSpan<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Write(values.Length);
        WriteRaw(values);
    }

    /// <summary>Writes elements without their number.</summary>
    public void WriteRaw<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // In pieces: the output may hand out small blocks, and a factor table may be larger than a span of bytes can be.
        const int Piece = 64 * 1024;
        int step = Math.Max(1, Piece / Unsafe.SizeOf<T>());
        for (int i = 0; i < values.Length; i += step)
            _output.Write(MemoryMarshal.AsBytes(values.Slice(i, Math.Min(step, values.Length - i))));
    }

    /// <summary>Writes a part that may be large: now, or where the output can wait for it (<see cref="IStateDeferral"/>) later, in this place.</summary>
    public void WriteLarge(ILargeState part)
    {
        if (_output is IStateDeferral output && output.TryDefer(part)) return;
        StateWriter writer = this;
        part.Write(ref writer, frozen: false);
    }

    /// <summary>Writes text as a length and UTF-8.</summary>
    public void WriteText(string text) => WriteSpan<byte>(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes an option that gives the state its shape; the restored component must have the same.</summary>
    public void Shape(string name, long value)
    {
        WriteText(name);
        Write(value);
    }

    /// <inheritdoc cref="Shape(string, long)"/>
    public void Shape(string name, double value) => Shape(name, BitConverter.DoubleToInt64Bits(value));

    /// <inheritdoc cref="Shape(string, long)"/>
    public void Shape(string name, string value)
    {
        WriteText(name);
        WriteText(value);
    }
}
