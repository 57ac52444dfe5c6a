using System.Numerics;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// The sum of weight x x' over the rows x of a table, factors x factors in double precision, kept up when a row changes: what it was is taken off, and what it
/// became is put on.
/// </summary>
/// <remarks>
/// O(factors^2) a correction. Each rounds an element and what is added to it, by at most 2^-53 of the largest sum of squares there was: after n corrections an
/// element is off by at most n 2^-52 times that, until <see cref="Resum"/> makes the sum anew. One caller at a time. State: the elements.
/// </remarks>
internal sealed unsafe class GramMatrix<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly EmbeddingTable<T> _rows;
    private readonly NativeBuffer<double>? _weights;
    private readonly NativeBuffer<double> _row;
    private readonly int _stride;

    /// <summary>The sum over no rows of <paramref name="rows"/>.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="weights">Weights by row; 1 each where there are none.</param>
    public GramMatrix(EmbeddingTable<T> rows, NativeBuffer<double>? weights = null)
    {
        (_rows, _weights, _stride) = (rows, weights, FactorKernel<double>.Stride(rows.Factors));
        (Elements, _row) = (new NativeBuffer<double>((long)rows.Factors * _stride), new NativeBuffer<double>(_stride));
    }

    /// <summary>The elements, row by row, each row padded with zeros to whole blocks of 16.</summary>
    public NativeBuffer<double> Elements { get; }

    /// <summary>Bytes for rows of so many factors.</summary>
    public static long BytesFor(int factors) => (factors + 1L) * FactorKernel<double>.Stride(factors) * sizeof(double);

    /// <summary>Adds <paramref name="weight"/> times a row as it is now; a negative weight takes it off.</summary>
    public void Add(int row, double weight)
    {
        T* from = _rows.Row(row);
        double* x = _row.Pointer;
        for (int f = 0; f < _rows.Factors; f++) x[f] = double.CreateTruncating(from[f]);
        for (int f = 0; f < _rows.Factors; f++) FactorKernel<double>.Move(Elements.Pointer + ((long)f * _stride), x, _stride, weight * x[f], 1);
    }

    /// <summary>Makes the sum anew. O(rows x factors^2).</summary>
    public void Resum()
    {
        Elements.AsSpan(0, (int)Elements.Length).Clear();
        for (int row = 0; row < _rows.Entities.Count; row++)
        {
            double weight = _weights is null ? 1 : _weights[row];
            if (weight != 0) Add(row, weight);
        }
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => writer.WriteRaw<double>(Elements.AsSpan(0, (int)Elements.Length));

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        Span<double> elements = Elements.AsSpan(0, (int)Elements.Length);
        reader.ReadRaw(elements);
        foreach (double element in elements)
        {
            if (!double.IsFinite(element)) throw new StateMismatchException($"The snapshot has a sum of products of {element}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Elements.Dispose();
        _row.Dispose();
    }
}
