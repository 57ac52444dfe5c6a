using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>One number for each row of an entity table, 0 at first; a part of a snapshot of its own.</summary>
/// <remarks>
/// Memory is reserved for the table's capacity and committed as rows are used. O(1). One caller at a time; the state, the numbers by row, may be written by
/// another thread (<see cref="ILargeState"/>).
/// </remarks>
internal sealed unsafe class RowValues<T> : ILargeState, IDisposable
    where T : unmanaged
{
    private readonly EntityTable _entities;
    private readonly NativeBuffer<T> _values;
    private readonly RowPages _pages;
    private readonly MemoryColumn _column;
    private int _frozenCount;

    /// <summary>Numbers for the rows of <paramref name="entities"/>.</summary>
    public RowValues(EntityTable entities)
    {
        _entities = entities;
        _values = new NativeBuffer<T>(entities.Capacity);
        _pages = new RowPages(entities.Capacity, sizeof(T));
        _column = _pages.Add(new MemoryColumn(_values.Pointer, sizeof(T)));
    }

    /// <inheritdoc/>
    public long Bytes => (long)_entities.Count * sizeof(T);

    /// <summary>The number of a row.</summary>
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
    public static long BytesFor(int capacity) => ((long)capacity * sizeof(T)) + RowPages.BytesFor(capacity, sizeof(T));

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
    public void Restore(ref StateReader reader) => reader.ReadRaw(_values.AsSpan(0, _entities.Count));

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _pages.Dispose();
    }
}
