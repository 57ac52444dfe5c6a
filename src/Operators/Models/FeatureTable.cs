using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Latents and a weight for each bucket of hashed features that came, with the sums of their optimizer (<see cref="FeatureStep{T}"/>). A bucket that has not come has the row it
/// would start with.
/// </summary>
/// <remarks>
/// At most one row a bucket: nobody is evicted. Committed as buckets come. O(latents) a step, O(1) a look-up. One caller at a time. State: that of <see cref="EmbeddingTable{T}"/>.
/// </remarks>
internal sealed unsafe class FeatureTable<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly EmbeddingTable<T> _rows;
    private readonly FeatureStep<T> _step;

    /// <summary>Rows for <paramref name="buckets"/> buckets, numbered from 1.</summary>
    /// <param name="buckets">Number of buckets.</param>
    /// <param name="latents">Latents of a row.</param>
    /// <param name="rates">How rows step.</param>
    /// <param name="rows">Latents, and weight behind them, that a bucket starts with.</param>
    public FeatureTable(int buckets, int latents, FeatureRates rates, IRowInitializer<T> rows)
    {
        Latents = latents;
        Stride = FactorKernel<T>.Stride(latents + 1);
        _rows = new EmbeddingTable<T>(buckets, Width(latents, rates.Optimizer), new Start(rows, latents + 1));
        _step = new FeatureStep<T>(latents, rates);
    }

    /// <summary>Latents of a row; the weight is the number behind them.</summary>
    public int Latents { get; }

    /// <summary>Latents and weight, padded with zeros.</summary>
    public int Stride { get; }

    /// <summary>Rows set back because they were no longer sound.</summary>
    public long Resets => _rows.Resets;

    /// <summary>Most bytes of a table of this shape.</summary>
    public static long BytesFor(int buckets, int latents, FeatureOptimizer optimizer) => EmbeddingTable<T>.BytesFor(buckets, Width(latents, optimizer));

    /// <summary>Row number of a bucket; -1 if it has not come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int bucket) => _rows.Entities.Find((ulong)bucket);

    /// <summary>Row number of a bucket, which has come from now on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(int bucket) => _rows.FindOrAdd((ulong)bucket, out _);

    /// <summary>A row by its number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Row(int row) => _rows.Row(row);

    /// <summary>Elements from one row to the next, sums of the optimizer included.</summary>
    public int RowLength => _rows.Stride;

    /// <summary>Fills a whole row with what the bucket starts with.</summary>
    public void Initial(int bucket, T* row) => _rows.Initial((ulong)bucket, row);

    /// <summary>Steps against a gradient of <see cref="Stride"/> elements; a row that is no longer sound starts anew.</summary>
    public void Step(int row, T* gradient)
    {
        _rows.Touch(row);
        if (!_step.Take(_rows.Row(row), gradient)) _rows.Reset(row);
    }

    /// <summary>Steps on some elements only; the gradients of others do not matter.</summary>
    public void StepPart(int row, T* gradient, int first, int count)
    {
        _rows.Touch(row);
        if (!_step.TakePart(_rows.Row(row), gradient, first, count)) _rows.Reset(row);
    }

    /// <summary>Scales the latents of a row back to this length where they are longer.</summary>
    public void Shorten(int row, double maxNorm)
    {
        T* first = _rows.Row(row);
        T weight = first[Latents];
        first[Latents] = T.Zero;
        double length = Math.Sqrt(double.CreateTruncating(FactorKernel<T>.Dot(first, first, Stride)));
        if (length > maxNorm) FactorKernel<T>.Move(first, first, Stride, T.Zero, T.CreateTruncating(maxNorm / length));
        first[Latents] = weight;
    }

    /// <summary>Erases a bucket: it has not come.</summary>
    public void Free(int bucket) => _rows.Free((ulong)bucket);

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => _rows.Save(ref writer);

    /// <summary>Becomes what was saved; no bucket may have come.</summary>
    public void Restore(ref StateReader reader) => _rows.Restore(ref reader, frees: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _step.Dispose();
    }

    private static int Width(int latents, FeatureOptimizer optimizer) => FactorKernel<T>.Stride(latents + 1) * FeatureStep<T>.Slots(optimizer);

    // Sums of the optimizer start at 0.
    private sealed class Start(IRowInitializer<T> rows, int length) : IRowInitializer<T>
    {
        public string Description => rows.Description;

        public void Fill(ulong key, Span<T> row)
        {
            rows.Fill(key, row[..length]);
            row[length..].Clear();
        }
    }
}
