using Streaming.Abstractions.State;

namespace Streaming.Operators.Sketches;

/// <content>State: shape, then the registers, one byte each. The histogram follows from them.</content>
public sealed partial class HyperLogLog
{
    /// <inheritdoc/>
    public string StateTag => "hyperloglog";

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
        writer.Shape("Precision", _precision);
        writer.Shape("Seed", (long)_seed);
        writer.WriteSpan<byte>(_registers);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Precision", _precision);
        reader.Shape("Seed", (long)_seed);
        reader.ReadSpan<byte>(_registers);
        Array.Clear(_histogram);
        foreach (byte rank in _registers)
        {
            if (rank > LargestRank) throw new StateMismatchException($"The snapshot has a register of {rank}; 0 to {LargestRank} is possible here.");
            _histogram[rank]++;
        }

        _stale = true;
    }
}
