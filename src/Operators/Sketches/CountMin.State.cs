using Streaming.Abstractions.State;

namespace Streaming.Operators.Sketches;

/// <content>
/// State: shape, total, saturations, number of cells above 0; then, where these are fewer than half, each as place and count in the order of places, and
/// otherwise all cells, row-major, 4 bytes each.
/// </content>
public sealed partial class CountMin
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
        int used = _cells.Length - _cells.AsSpan().Count(0u);
        writer.Write(used);
        if (IsDense(used))
        {
            writer.WriteRaw<uint>(_cells);
            return;
        }

        for (int cell = 0; used > 0; cell++)
        {
            if (_cells[cell] == 0) continue;
            writer.WriteRaw<uint>([(uint)cell, _cells[cell]]);
            used--;
        }
    }

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

    private bool IsDense(int used) => used >= _cells.Length / 2;
}
