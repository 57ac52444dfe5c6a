using Streaming.Abstractions.State;

namespace Streaming.Operators.Sketches;

/// <content>State: shape, total, saturations, then the cells, row-major, 4 bytes each.</content>
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
        writer.WriteSpan<uint>(_cells);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Width", Width);
        reader.Shape("Depth", Depth);
        reader.Shape("Epsilon", Epsilon);
        reader.Shape("Variant", _conservative ? 1 : 0);
        reader.Shape("Seed", (long)_seed);
        Total = reader.ReadCount();
        Saturations = reader.ReadCount();
        reader.ReadSpan<uint>(_cells);
        // Adding relies on it: a cell above the total could overflow unnoticed.
        if (Total < uint.MaxValue && _cells.AsSpan().ContainsAnyExceptInRange(0u, (uint)Total))
            throw new StateMismatchException($"The snapshot has a cell above its total of {Total}.");
    }
}
