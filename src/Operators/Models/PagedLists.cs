using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Lists for the rows of a table (<see cref="RowLists"/>) that are a part of a snapshot of their own: for tables that hold no columns.</summary>
/// <remarks>One caller at a time; another thread may write the state, that of the lists by row (<see cref="ILargeState"/>).</remarks>
internal sealed class PagedLists : ILargeState, IDisposable
{
    private readonly EntityTable _entities;
    private readonly RowPages _pages;
    private int _frozenCount;

    /// <summary>Lists of these entities; see <see cref="RowLists"/>.</summary>
    public PagedLists(EntityTable entities, int length, bool weights, bool signed = false)
    {
        _entities = entities;
        _pages = new RowPages(entities.Capacity, RowLists.BytesOf(length, weights));
        Rows = new RowLists(entities, length, weights, signed, _pages);
    }

    /// <summary>The lists.</summary>
    public RowLists Rows { get; }

    /// <inheritdoc/>
    public long Bytes => (long)_entities.Count * Rows.RowBytes;

    /// <summary>Most bytes for so many entities.</summary>
    public static long BytesFor(int capacity, int length, bool weights) =>
        ((long)capacity * RowLists.BytesOf(length, weights)) + RowPages.BytesFor(capacity, RowLists.BytesOf(length, weights));

    /// <summary>Erases a row.</summary>
    public void Clear(int row)
    {
        _pages.Touch(row);
        Rows.Clear(row);
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
    public void Write(ref StateWriter writer, bool frozen) => Rows.Write(ref writer, _pages, frozen ? _frozenCount : _entities.Count, frozen);

    /// <inheritdoc/>
    public void Release() => _pages.Release();

    /// <summary>Becomes what was saved, for the entities that there now are.</summary>
    /// <param name="reader">Reads the state.</param>
    /// <param name="others">Whose arrival numbers the entries are.</param>
    public void Restore(ref StateReader reader, EntityTable others)
    {
        Rows.Restore(ref reader, _entities.Count);
        Rows.CheckArrivals(others);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Rows.Dispose();
        _pages.Dispose();
    }
}
