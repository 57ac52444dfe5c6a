using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Entities with columns of any kind: a row's columns are erased when another entity takes it over, and everything is saved as one part.</summary>
/// <remarks>
/// Whoever changes a column touches the row first (<see cref="EntityTable.Pages"/>). One caller at a time; another thread may write the state. State: the
/// entities, then the columns in the order in which they were added.
/// </remarks>
internal sealed class EntityColumns : ILargeState, IDisposable
{
    private readonly List<IEntityColumn> _columns = [];
    private readonly int _rowBytes;
    private int _frozenCount;

    /// <summary>At most <paramref name="capacity"/> entities, whose columns will have so many bytes a row.</summary>
    public EntityColumns(int capacity, int rowBytes, bool numbersArrivals = true)
    {
        Entities = new EntityTable(capacity, rowBytes, numbersArrivals);
        _rowBytes = rowBytes;
    }

    /// <summary>Who has which row.</summary>
    public EntityTable Entities { get; }

    /// <inheritdoc/>
    public long Bytes => Entities.Bytes + ((long)Entities.Count * _rowBytes);

    /// <summary>Most bytes with columns of so many bytes a row.</summary>
    public static long BytesFor(int capacity, int rowBytes, bool numbersArrivals = true) => EntityTable.BytesFor(capacity, rowBytes, numbersArrivals) + ((long)capacity * rowBytes);

    /// <summary>Adds a column; before any entity comes.</summary>
    public T Add<T>(T column)
        where T : IEntityColumn
    {
        _columns.Add(column);
        return column;
    }

    /// <summary>The row of <paramref name="key"/>, touched; erased first if it was another's. See <see cref="EntityTable.FindOrAdd"/>.</summary>
    public int FindOrAdd(ulong key, out Admission admission)
    {
        int row = Entities.FindOrAdd(key, out admission);
        if (admission == Admission.Replaced) Clear(row);
        return row;
    }

    /// <summary>Erases and frees the row of <paramref name="key"/>; -1 if it has none.</summary>
    public int Free(ulong key)
    {
        int row = Entities.Free(key);
        if (row >= 0) Clear(row);
        return row;
    }

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!Entities.TryFreeze()) return false;
        _frozenCount = Entities.Count;
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        Entities.Write(ref writer, frozen);
        foreach (IEntityColumn column in _columns) column.Write(ref writer, Entities.Pages, frozen ? _frozenCount : Entities.Count, frozen);
    }

    /// <inheritdoc/>
    public void Release() => Entities.Release();

    /// <summary>Becomes what was saved; there must be no entity yet.</summary>
    /// <param name="reader">Reads the state.</param>
    /// <param name="frees">Whether rows are ever freed.</param>
    /// <param name="hasNumbers">Whether arrival numbers were written, used or not.</param>
    public void Restore(ref StateReader reader, bool frees, bool hasNumbers = true)
    {
        Entities.Restore(ref reader, frees, hasNumbers);
        foreach (IEntityColumn column in _columns) column.Restore(ref reader, Entities.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Entities.Dispose();
        foreach (IEntityColumn column in _columns) column.Dispose();
    }

    private void Clear(int row)
    {
        foreach (IEntityColumn column in _columns) column.Clear(row);
    }
}
