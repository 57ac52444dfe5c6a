using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Streaming.Abstractions.State;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote. Trusts nothing: a length is checked against what is left and against the caller's bound before
/// anything is allocated.
/// </summary>
/// <remarks>Every method throws <see cref="StateMismatchException"/> where the bytes end early or contradict the caller.</remarks>
public ref struct StateReader
{
    private SequenceReader<byte> _input;

    /// <summary>A reader over one section's payload.</summary>
    public StateReader(ReadOnlySequence<byte> payload)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Snapshots are little-endian; this machine is not.");
        _input = new SequenceReader<byte>(payload);
    }

    /// <summary>Bytes not read yet.</summary>
    public readonly long Remaining => _input.Remaining;

    /// <summary>Reads one number (or enum).</summary>
    public T Read<T>()
        where T : unmanaged
    {
        T value = default;
        ReadRaw(new Span<T>(ref value));
        return value;
    }

    /// <summary>Reads a truth value.</summary>
    public bool ReadBool() => Read<byte>() switch
    {
        0 => false,
        1 => true,
        byte other => throw new StateMismatchException($"The snapshot has {other} where 0 or 1 is needed."),
    };

    /// <summary>Reads how often something has happened: 0 to 2^62, so that one more can always be added.</summary>
    public long ReadCount()
    {
        long count = Read<long>();
        return (ulong)count <= 1UL << 62 ? count : throw new StateMismatchException($"The snapshot has a count of {count}; 0 to 2^62 is possible.");
    }

    /// <summary>Reads a number that must be finite.</summary>
    public double ReadFinite()
    {
        double value = Read<double>();
        return double.IsFinite(value) ? value : throw new StateMismatchException($"The snapshot has {value} where a finite number is needed.");
    }

    /// <summary>Reads a length that is at most <paramref name="max"/>.</summary>
    public int ReadLength(int max)
    {
        int length = Read<int>();
        return length >= 0 && length <= max ? length : throw new StateMismatchException($"The snapshot has a length of {length}; 0 to {max} is possible here.");
    }

    /// <summary>Reads a length and as many elements, into a span of exactly that length.</summary>
    public void ReadSpan<T>(scoped Span<T> values)
        where T : unmanaged
    {
        int length = Read<int>();
        if (length != values.Length) throw new StateMismatchException($"The snapshot has {length} elements where {values.Length} are needed.");
        ReadRaw(values);
    }

    /// <summary>Reads a length of at most <paramref name="max"/> and as many elements.</summary>
    public T[] ReadArray<T>(int max)
        where T : unmanaged
    {
        int length = ReadLength(max);
        if ((long)length * Unsafe.SizeOf<T>() > Remaining) throw Short((long)length * Unsafe.SizeOf<T>());
        T[] values = new T[length];
        ReadRaw(values.AsSpan());
        return values;
    }

    /// <summary>Reads elements whose number the caller knows.</summary>
    public void ReadRaw<T>(scoped Span<T> values)
        where T : unmanaged
    {
        int step = Math.Max(1, int.MaxValue / 2 / Unsafe.SizeOf<T>());
        for (int i = 0; i < values.Length; i += step)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(values.Slice(i, Math.Min(step, values.Length - i)));
            if (!_input.TryCopyTo(bytes)) throw Short(bytes.Length);
            _input.Advance(bytes.Length);
        }
    }

    /// <summary>Reads text of at most <paramref name="maxBytes"/> bytes of UTF-8.</summary>
    public string ReadText(int maxBytes) => Encoding.UTF8.GetString(ReadArray<byte>(maxBytes));

    /// <summary>Compares an option that gives the state its shape.</summary>
    /// <exception cref="StateMismatchException">The snapshot was made with another value.</exception>
    public void Shape(string name, long value)
    {
        CheckName(name);
        long found = Read<long>();
        if (found != value) throw new StateMismatchException($"The snapshot was made with {name} = {found}; the configuration says {value}.");
    }

    /// <inheritdoc cref="Shape(string, long)"/>
    public void Shape(string name, double value)
    {
        CheckName(name);
        double found = Read<double>();
        if (!found.Equals(value)) throw new StateMismatchException($"The snapshot was made with {name} = {found:R}; the configuration says {value:R}.");
    }

    /// <inheritdoc cref="Shape(string, long)"/>
    public void Shape(string name, string value)
    {
        CheckName(name);
        string found = ReadText(4096);
        if (!string.Equals(found, value, StringComparison.Ordinal))
            throw new StateMismatchException($"The snapshot was made with {name} = {found}; the configuration says {value}.");
    }

    private void CheckName(string name)
    {
        string found = ReadText(256);
        if (!string.Equals(found, name, StringComparison.Ordinal)) throw new StateMismatchException($"The snapshot has '{found}' where '{name}' is needed.");
    }

    private readonly StateMismatchException Short(long needed) => new($"The snapshot ends early: {needed} bytes are needed, {Remaining} are left.");
}
