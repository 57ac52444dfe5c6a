using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Sketches;

/// <content>
/// State: shape, total, saturations, number of cells above 0; then, where these are fewer than half, each as place and count in the order of places, and
/// otherwise all cells, row-major, 4 bytes each.
/// </content>
public sealed unsafe partial class CountMin
{
    /// <inheritdoc/>
    public string StateTag => "count-min";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Mergeable;

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Width", Width);
        writer.Shape("Depth", Depth);
        writer.Shape("Epsilon", Epsilon);
        writer.Shape("Variant", _conservative ? 1 : 0);
        writer.Shape("Seed", (long)_seed);
        writer.Write(Total);
        writer.Write(Saturations);
        writer.WriteLarge(this);
    }

    long ILargeState.Bytes => sizeof(uint) * (long)_cells.Length;

    bool ILargeState.TryFreeze()
    {
        if (!_pages.TryFreeze(_cells.Length)) return false;
        _plainUpTo = 0;
        return true;
    }

    void ILargeState.Write(ref StateWriter writer, bool frozen)
    {
        // Once to count those in use, which says the form, and once to write them.
        using NativeBuffer<uint> page = new(_pages.RowsPerPage);
        int used = 0, step = _pages.RowsPerPage;
        for (int first = 0; first < _cells.Length; first += step)
        {
            Span<uint> cells = Page(first, frozen, page);
            used += cells.Length - cells.Count(0u);
        }

        writer.Write(used);
        for (int first = 0; first < _cells.Length; first += step)
        {
            Span<uint> cells = Page(first, frozen, page);
            if (frozen) _pages.Done(first);
            if (IsDense(used)) writer.WriteRaw<uint>(cells);
            else WriteUsed(ref writer, first, cells);
        }

        GC.KeepAlive(this);
    }

    void ILargeState.Release() => _pages.Release();

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Width", Width);
        reader.Shape("Depth", Depth);
        reader.Shape("Epsilon", Epsilon);
        reader.Shape("Variant", _conservative ? 1 : 0);
        reader.Shape("Seed", (long)_seed);
        if (Total > 0) Array.Clear(_cells); // an empty table is not touched
        Total = reader.ReadCount();
        Saturations = reader.ReadCount();
        int used = reader.ReadLength(_cells.Length);
        // Adding relies on it: a cell above the total could overflow unnoticed.
        uint most = (uint)Math.Min(Total, uint.MaxValue);
        if (IsDense(used))
        {
            reader.ReadRaw<uint>(_cells);
            if (_cells.AsSpan().ContainsAnyExceptInRange(0u, most)) throw new StateMismatchException($"The snapshot has a cell above its total of {Total}.");
            return;
        }

        long before = -1;
        for (; used > 0; used--)
        {
            uint cell = reader.Read<uint>(), count = reader.Read<uint>();
            if (cell <= before || cell >= _cells.Length || count == 0 || count > most)
                throw new StateMismatchException($"The snapshot has {count} in cell {cell}, after cell {before} of {_cells.Length} and of a total of {Total}.");
            _cells[cell] = count;
            before = cell;
        }
    }

    private Span<uint> Page(int first, bool frozen, NativeBuffer<uint> page)
    {
        Span<uint> cells = page.AsSpan(0, Math.Min(_pages.RowsPerPage, _cells.Length - first));
        _pages.Copy(_column, first, cells.Length, frozen, (byte*)page.Pointer);
        return cells;
    }

    private static void WriteUsed(ref StateWriter writer, int first, ReadOnlySpan<uint> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i] != 0) writer.WriteRaw<uint>([(uint)(first + i), cells[i]]);
        }
    }

    private bool IsDense(int used) => used >= _cells.Length / 2;
}
