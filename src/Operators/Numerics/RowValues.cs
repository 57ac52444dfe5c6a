using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>One number, or a fixed number of them, for each row of an entity table, 0 at first; a part of a snapshot of its own.</summary>
/// <remarks>
/// Memory is reserved for the table's capacity and committed as rows are used. Rows x width, row-major. O(1). One caller at a time; the state, the numbers by row, may be
/// written by another thread (<see cref="ILargeState"/>).
/// </remarks>
internal sealed unsafe class RowValues<T> : ILargeState, IDisposable
    where T : unmanaged
{
    private const int RestoredAtOnce = 1 << 20;

    private readonly EntityTable _entities;
    private readonly int _width;
    private readonly NativeBuffer<T> _values;
    private readonly RowPages _pages;
    private readonly MemoryColumn _column;
    private int _frozenCount;

    /// <summary>Numbers for the rows of <paramref name="entities"/>, <paramref name="width"/> each.</summary>
    public RowValues(EntityTable entities, int width = 1)
    {
        (_entities, _width) = (entities, width);
        _values = new NativeBuffer<T>((long)entities.Capacity * width);
        _pages = new RowPages(entities.Capacity, width * sizeof(T));
        _column = _pages.Add(new MemoryColumn(_values.Pointer, width * sizeof(T)));
    }

    /// <inheritdoc/>
    public long Bytes => (long)_entities.Count * _width * sizeof(T);

    /// <summary>The number of a row, where there is one.</summary>
    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _values[row];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            _pages.Touch(row);
            _values[row] = value;
        }
    }

    /// <summary>Most bytes for a table of this capacity.</summary>
    public static long BytesFor(int capacity, int width = 1) => ((long)capacity * width * sizeof(T)) + RowPages.BytesFor(capacity, width * sizeof(T));

    /// <summary>The numbers of a row, to be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Of(int row) => _values.AsSpan((long)row * _width, _width);

    /// <summary>The numbers of a row, to be changed until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Change(int row)
    {
        _pages.Touch(row);
        return _values.AsSpan((long)row * _width, _width);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => writer.WriteLarge(this);

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!_pages.TryFreeze(_entities.Count)) return false;
        _frozenCount = _entities.Count;
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        _pages.Write(ref writer, _column, frozen ? _frozenCount : _entities.Count, frozen);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => _pages.Release();

    /// <summary>Becomes what was saved, for the rows that the table now has.</summary>
    public void Restore(ref StateReader reader)
    {
        long left = (long)_entities.Count * _width;
        for (long first = 0; left > 0; first += RestoredAtOnce, left -= RestoredAtOnce) reader.ReadRaw(_values.AsSpan(first, (int)Math.Min(left, RestoredAtOnce)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _pages.Dispose();
    }
}
