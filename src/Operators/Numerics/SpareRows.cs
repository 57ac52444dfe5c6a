using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// A second row and bias for each entity of a table, in the same places. They can be shown in place of the table's own, which makes everything that works on the table's rows work on them.
/// </summary>
/// <remarks>
/// Rows come one after the other (<see cref="Take"/>), O(factors) each, so that copying a table need not stop anything. Who comes and goes is the table's matter; that is decided while its own rows are shown. One
/// caller at a time. State: the number of rows, and by row the factors and the bias; another thread may write it (<see cref="ILargeState"/>).
/// </remarks>
internal sealed unsafe class SpareRows<T> : ILargeState, IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly EmbeddingTable<T> _table;
    private readonly NativeBuffer<T> _rows;
    private readonly NativeBuffer<double> _biases;
    private readonly RowPages _pages;
    private readonly MemoryColumn _rowColumn;
    private readonly MemoryColumn _biasColumn;
    private int _frozenCount;

    /// <summary>No rows yet, for the entities of <paramref name="table"/>.</summary>
    public SpareRows(EmbeddingTable<T> table)
    {
        _table = table;
        (_rows, _biases) = (new NativeBuffer<T>((long)table.Entities.Capacity * table.Stride), new NativeBuffer<double>(table.Entities.Capacity));
        _pages = new RowPages(table.Entities.Capacity, RowBytes(table.Stride));
        _rowColumn = _pages.Add(new MemoryColumn(_rows.Pointer, table.Stride * sizeof(T)));
        _biasColumn = _pages.Add(new MemoryColumn(_biases.Pointer, sizeof(double)));
    }

    /// <summary>Rows there are: those of the table's rows 0 to this number - 1.</summary>
    public int Count { get; private set; }

    /// <summary>Whether every row of the table has one.</summary>
    public bool IsComplete => Count == _table.Entities.Count;

    /// <inheritdoc/>
    public long Bytes => (long)Count * RowBytes(_table.Stride);

    /// <summary>Most bytes for a table of this shape.</summary>
    public static long BytesFor(int capacity, int factors)
    {
        int bytes = RowBytes(FactorKernel<T>.Stride(factors));
        return ((long)capacity * bytes) + RowPages.BytesFor(capacity, bytes);
    }

    /// <summary>Drops all rows.</summary>
    public void Clear() => Count = 0;

    /// <summary>Makes the row a copy of the table's own, which must be shown; it is there already, or the next one.</summary>
    public void Take(int row)
    {
        Touch(row);
        Copy(_table.Row(row), _rows.Pointer + ((long)row * _table.Stride));
        _biases[row] = _table.Bias(row);
        if (row == Count) Count++;
    }

    /// <summary>Makes the table's own row, which must be shown, a copy of this one.</summary>
    public void Give(int row)
    {
        _table.Touch(row);
        Copy(_rows.Pointer + ((long)row * _table.Stride), _table.Row(row));
        _table.Bias(row) = _biases[row];
    }

    /// <summary>To be called before a row that is shown changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int row) => _pages.Touch(row);

    /// <summary>Has the table show these rows.</summary>
    public void Show() => _table.Show(_rows.Pointer, _biases.Pointer);

    /// <summary>Has the table show its own rows.</summary>
    public void Hide() => _table.ShowOwn();

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => writer.WriteLarge(this);

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!_pages.TryFreeze(Count)) return false;
        _frozenCount = Count;
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        int rows = frozen ? _frozenCount : Count;
        writer.Write(rows);
        using NativeBuffer<T> page = new((long)_pages.RowsPerPage * _table.Stride);
        using NativeBuffer<double> biases = new(_pages.RowsPerPage);
        for (int row = 0; row < rows; row += _pages.RowsPerPage)
        {
            int count = Math.Min(_pages.RowsPerPage, rows - row);
            _pages.Copy(_rowColumn, row, count, frozen, (byte*)page.Pointer);
            _pages.Copy(_biasColumn, row, count, frozen, (byte*)biases.Pointer);
            if (frozen) _pages.Done(row);
            for (int i = 0; i < count; i++)
            {
                writer.WriteRaw<T>(page.AsSpan((long)i * _table.Stride, _table.Factors));
                writer.Write(biases[i]);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => _pages.Release();

    /// <summary>Becomes what was saved, for the rows that the table now has; there may be no rows.</summary>
    public void Restore(ref StateReader reader)
    {
        Count = reader.ReadLength(_table.Entities.Count);
        for (int row = 0; row < Count; row++)
        {
            reader.ReadRaw(_rows.AsSpan((long)row * _table.Stride, _table.Factors));
            _biases[row] = reader.Read<double>();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _biases.Dispose();
        _pages.Dispose();
    }

    private static int RowBytes(int stride) => (stride * sizeof(T)) + sizeof(double);

    private void Copy(T* from, T* to) => Buffer.MemoryCopy(from, to, (long)_table.Stride * sizeof(T), (long)_table.Stride * sizeof(T));
}
