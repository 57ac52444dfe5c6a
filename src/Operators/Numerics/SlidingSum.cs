using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Sum of the last N values over a ring of N numbers that its owner keeps and passes to every call. Nothing is ever subtracted, so that the sum does not
/// drift and a huge value leaves nothing behind: each time the ring comes around, every value is replaced by the sum of itself and all younger
/// ones (in place; this is the queue of two stacks of Tangwongsan, Hirzel, Schneider 2017, "Low-latency sliding-window aggregation in worst-case
/// constant time", section 2), and the sum is the old part's entry at its oldest value plus the running sum of the new part.
/// </summary>
/// <remarks>
/// Error at most N 2^-53 times the sum of magnitudes of the values held. Amortized constant time. A value type: one caller at a time, always with the same
/// ring. State: values held, place of the next, sum of the new part, and the ring's entries in use.
/// </remarks>
public struct SlidingSum
{
    private double _newSum;

    /// <summary>Values held.</summary>
    public int Count { get; private set; }

    /// <summary>Place after the newest value's; 0 before the first value only.</summary>
    public int Next { get; private set; }

    /// <summary>Place of the oldest value in a ring of <paramref name="size"/>; 0 before the first.</summary>
    public readonly int Oldest(int size) => Count < size || Next == size ? 0 : Next;

    /// <summary>The sum; 0 before the first value.</summary>
    public readonly double Sum(ReadOnlySpan<double> ring)
    {
        int oldest = Oldest(ring.Length);
        return oldest == 0 ? _newSum : ring[oldest] + _newSum;
    }

    /// <summary>Takes a finite value in, and lets the oldest go when all places are taken. The value's place is <see cref="Next"/> - 1.</summary>
    public void Add(Span<double> ring, double value)
    {
        if (Next == ring.Length) TurnOver(ring);
        ring[Next] = value;
        _newSum += value;
        Next++;
        if (Count < ring.Length) Count++;
    }

    /// <summary>Writes the state.</summary>
    public readonly void Save(ref StateWriter writer, ReadOnlySpan<double> ring)
    {
        writer.Write(Count);
        writer.Write(Next);
        writer.Write(_newSum);
        writer.WriteRaw(ring[..Count]);
    }

    /// <summary>Becomes what was saved of a ring of this length.</summary>
    public void Restore(ref StateReader reader, Span<double> ring)
    {
        int count = reader.ReadLength(ring.Length), next = reader.ReadLength(count);
        if (count > 0 && (next == 0 || (count < ring.Length && next != count)))
            throw new StateMismatchException($"The snapshot of a window of {ring.Length} has {count} values and goes on at {next}.");
        (Count, Next, _newSum) = (count, next, reader.Read<double>());
        reader.ReadRaw(ring[..count]);
    }

    private void TurnOver(Span<double> ring)
    {
        double sum = 0;
        for (int i = ring.Length - 1; i >= 0; i--) ring[i] = sum += ring[i];
        (Next, _newSum) = (0, 0);
    }
}
