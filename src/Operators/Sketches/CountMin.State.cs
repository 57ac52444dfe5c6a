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
        writer.WriteLarge(_first.Pages.IsFrozen ? _second : _first);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Pages.Dispose();
        _second.Pages.Dispose();
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

    private static void WriteUsed(ref StateWriter writer, int first, ReadOnlySpan<uint> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i] != 0) writer.WriteRaw<uint>([(uint)(first + i), cells[i]]);
        }
    }

    private bool IsDense(int used) => used >= _cells.Length / 2;
}
