using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Rows of factors, and a bias each, for the entities that came: capacity x stride, row-major, aligned to 64 bytes, padded with zeros to whole blocks
/// of <see cref="FactorKernel{T}.Lanes"/>. A new entity starts with the row its <see cref="IRowInitializer{T}"/> gives it and bias 0.
/// </summary>
/// <remarks>
/// Memory is reserved for the capacity and committed as rows are used; at capacity <see cref="EntityTable"/> decides who goes.
/// One caller at a time. State: shape, the entities, resets, and by row the factors and the bias.
/// </remarks>
public sealed unsafe class EmbeddingTable<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int CacheLine = 64;

    private readonly IRowInitializer<T> _initializer;
    private readonly NativeBuffer<T> _rows;
    private readonly NativeBuffer<double> _biases;
    private readonly T* _first;
    private readonly double* _firstBias;

    /// <summary>A table for at most <paramref name="capacity"/> entities of <paramref name="factors"/> factors (0: biases alone).</summary>
    public EmbeddingTable(int capacity, int factors, IRowInitializer<T> initializer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(factors);
        Entities = new EntityTable(capacity);
        Factors = factors;
        Stride = FactorKernel<T>.Stride(factors);
        _initializer = initializer;
        _rows = new NativeBuffer<T>((long)capacity * Stride);
        _biases = new NativeBuffer<double>(capacity);
        _first = _rows.Pointer;
        _firstBias = _biases.Pointer;
    }

    /// <summary>Who has which row.</summary>
    public EntityTable Entities { get; }

    /// <summary>Factors of a row.</summary>
    public int Factors { get; }

    /// <summary>Elements from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>Rows set back to their initial values because they were no longer sound (not finite, or too large).</summary>
    public long Resets { get; private set; }

    /// <summary>Most bytes of a table of this shape.</summary>
    public static long BytesFor(int capacity, int factors) =>
        EntityTable.BytesFor(capacity) + (capacity * (((long)FactorKernel<T>.Stride(factors) * sizeof(T)) + sizeof(double)));

    /// <summary>The first element of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Row(int row) => _first + ((long)row * Stride);

    /// <summary>The bias of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref double Bias(int row) => ref _firstBias[row];

    /// <summary>The row of <paramref name="key"/>, a fresh one if it has none; see <see cref="EntityTable.FindOrAdd"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(ulong key, out Admission admission)
    {
        int row = Entities.FindOrAdd(key, out admission);
        if (admission != Admission.Known) Start(row);
        return row;
    }

    /// <summary>Asks the memory for the row and bias of <paramref name="key"/>, if it has one, without waiting for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key)
    {
        if (!Sse.IsSupported) return;
        int row = Entities.Find(key);
        if (row < 0) return;
        byte* first = (byte*)Row(row), end = first + (Stride * sizeof(T));
        for (byte* line = first; line < end; line += CacheLine) Sse.Prefetch0(line);
        Sse.Prefetch0(_firstBias + row);
    }

    /// <summary>Fills <paramref name="row"/> with what <paramref name="key"/> starts with; writes the factors, not the padding.</summary>
    public void Initial(ulong key, T* row) => _initializer.Fill(key, new Span<T>(row, Factors));

    /// <summary>Sets a row and its bias back to what the entity started with, and counts it.</summary>
    public void Reset(int row)
    {
        Start(row);
        Resets++;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("factors", Factors);
        writer.Shape("precision", sizeof(T) * 8L);
        writer.Shape("initial rows", _initializer.Description);
        writer.Write(Resets);
        Entities.Save(ref writer);
        for (int row = 0; row < Entities.Count; row++) writer.WriteRaw<T>(new Span<T>(Row(row), Factors));
        writer.WriteRaw<double>(_biases.AsSpan(0, Entities.Count));
    }

    /// <summary>Becomes what was saved; the table must be empty.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("factors", Factors);
        reader.Shape("precision", sizeof(T) * 8L);
        reader.Shape("initial rows", _initializer.Description);
        Resets = reader.ReadCount();
        Entities.Restore(ref reader);
        for (int row = 0; row < Entities.Count; row++) reader.ReadRaw(new Span<T>(Row(row), Factors));
        reader.ReadRaw(_biases.AsSpan(0, Entities.Count));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Entities.Dispose();
        _rows.Dispose();
        _biases.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Start(int row)
    {
        // A lost row may have lost its padding too: zero times a step that is not finite is not zero.
        new Span<T>(Row(row), Stride).Clear();
        Initial(Entities.Key(row), Row(row));
        Bias(row) = 0;
    }
}
