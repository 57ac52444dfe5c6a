using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Evaluation;

/// <summary>Sums of what ranked events are worth, and their number; an event n events back weighs the fading factor to the n-th power.</summary>
/// <remarks>A rank that cannot be known makes every mean NaN from then on: it is never guessed. O(measures) an event, nothing is allocated.</remarks>
/// <param name="measures">What is measured.</param>
/// <param name="fading">Fading factor in (0, 1]; 1 forgets nothing.</param>
internal sealed class RankSums(RankMeasures measures, double fading = 1)
{
    private readonly double[] _sums = new double[measures.Count];
    private double _weight;

    /// <summary>Ranked events.</summary>
    public long Events { get; private set; }

    /// <summary>Cold events: user or item never seen before.</summary>
    public long Misses { get; private set; }

    /// <summary>Events whose rank cannot be known.</summary>
    public long Unknown { get; private set; }

    /// <summary>Mean of a measure, as it is reported; NaN where that is not known, or there is no event.</summary>
    public double Mean(int measure) => measure >= 0 && Unknown == 0 && measures.IsKnown(measure) ? measures.Shown(measure, _sums[measure] / _weight) : double.NaN;

    /// <summary>Events with the item among the first k; null where that cannot be said.</summary>
    public long? Hits(int k)
    {
        int place = measures.RecallAt(k);
        return place >= 0 && Unknown == 0 && measures.IsKnown(place) && !double.IsNaN(_sums[place]) ? (long)_sums[place] : null;
    }

    /// <summary>Takes an event of this rank, none of <see cref="Ranks.None"/>, and what it is worth.</summary>
    public void Add(int rank, ReadOnlySpan<double> worth)
    {
        Events++;
        if (rank == Ranks.Cold) Misses++;
        if (rank == Ranks.Unknown) Unknown++;
        for (int i = 0; i < _sums.Length; i++) _sums[i] = (fading * _sums[i]) + worth[i];
        _weight = (fading * _weight) + 1;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(Events);
        writer.Write(Misses);
        writer.Write(Unknown);
        writer.Write(_weight);
        writer.WriteRaw<double>(_sums);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        Become(reader.ReadCount(), reader.ReadCount(), reader.ReadCount(), reader.ReadFinite());
        reader.ReadRaw<double>(_sums);
        Check();
    }

    /// <summary>Becomes what an older layout had: so many events, and the sums of some measures. The others are not known.</summary>
    public void Become(long events, long misses, long unknown, double weight, params ReadOnlySpan<(int Measure, double Sum)> sums)
    {
        (Events, Misses, Unknown, _weight) = (events, misses, unknown, weight);
        if (misses + unknown > events || weight < 0) throw new StateMismatchException($"The snapshot has {events} ranked events, {misses} of them cold and {unknown} unknown.");
        _sums.AsSpan().Fill(events == 0 ? 0 : double.NaN);
        foreach ((int measure, double sum) in sums)
        {
            if (measure >= 0) _sums[measure] = sum;
        }

        Check();
    }

    // NaN is a sum that is not known.
    private void Check()
    {
        foreach (double sum in _sums)
        {
            if (sum < 0 || sum > _weight * (1 + 1e-9) || sum > Events - Misses - Unknown) throw new StateMismatchException($"The snapshot has {sum} as the worth of {Events} events, {Misses} of them cold and {Unknown} unknown.");
        }
    }
}
