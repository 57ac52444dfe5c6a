using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>A sum of weights for each entity: finite, not negative, 0 at first. 8 bytes a row.</summary>
internal sealed unsafe class SumColumn : IEntityColumn
{
    private readonly EntityTable _entities;
    private readonly NativeBuffer<double> _sums;
    private readonly MemoryColumn _column;

    /// <summary>A column of these entities.</summary>
    public SumColumn(EntityTable entities)
    {
        _entities = entities;
        _sums = new NativeBuffer<double>(entities.Capacity);
        _column = entities.Pages.Add(new MemoryColumn(_sums.Pointer, sizeof(double)));
    }

    /// <inheritdoc/>
    public int RowBytes => sizeof(double);

    /// <summary>The sum of a row.</summary>
    public double this[int row] => _sums[row];

    /// <summary>Adds to the sum of a row that was touched.</summary>
    public void Add(int row, double weight) => _sums[row] += weight;

    /// <inheritdoc/>
    public void Clear(int row) => _sums[row] = 0;

    /// <summary>Divides all sums by a power of two. O(rows).</summary>
    public void Scale(int shift)
    {
        for (int row = 0; row < _entities.Count; row++)
        {
            _entities.Pages.Touch(row);
            _sums[row] = Math.ScaleB(_sums[row], -shift);
        }
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, RowPages pages, int rows, bool frozen) => pages.Write(ref writer, _column, rows, frozen);

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            double sum = reader.ReadFinite();
            _sums[row] = sum >= 0 ? sum : throw new StateMismatchException($"The snapshot has {sum} as a sum of weights.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sums.Dispose();
}
