using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// Prequential ranking quality by protocol P: recall, discounted cumulative gain and reciprocal rank of the one item that came, over all ranked events,
/// over the last ones, and
/// with fading memory (Vinagre, Jorge, Gama 2014, "Evaluation of recommender systems in streaming environments"; Gama, Sebastiao, Rodrigues 2013).
/// </summary>
/// <remarks>
/// Every ranked event counts in the denominator, cold ones as misses. A rank that cannot be known makes the measures that contain it NaN: it is never
/// guessed. O(1) an event.
/// One caller at a time.
/// </remarks>
/// <param name="depth">Depth at which ranks are told apart: measures at a larger k are NaN; <see cref="int.MaxValue"/> for all.</param>
/// <param name="window">Ranked events in the window.</param>
/// <param name="fading">Fading factor in (0, 1].</param>
public sealed class RankingQuality(int depth, int window, double fading)
{
    private readonly RankWindow _window = new(window);
    private long _hits;
    private long _wideHits;
    private double _gain;
    private double _reciprocal;
    private double _fadingHits;
    private double _fadingGain;
    private double _fadingWeight;

    /// <summary>Ranked events.</summary>
    public long Events { get; private set; }

    /// <summary>Cold events: user or item never seen before.</summary>
    public long Misses { get; private set; }

    /// <summary>Events whose rank cannot be known.</summary>
    public long Unknown { get; private set; }

    /// <summary>Events with the item among the first 10; null where that cannot be said.</summary>
    public long? Hits => IsKnown(RankMeasure.K) ? _hits : null;

    /// <summary>Events with the item among the first 20; null where that cannot be said.</summary>
    public long? WideHits => IsKnown(RankMeasure.WideK) ? _wideHits : null;

    /// <summary>Share of events with the item among the first 10.</summary>
    public double Recall => IsKnown(RankMeasure.K) ? (double)_hits / Events : double.NaN;

    /// <summary>Mean discounted gain at 10.</summary>
    public double Dcg => IsKnown(RankMeasure.K) ? _gain / Events : double.NaN;

    /// <summary>Mean reciprocal rank; needs full depth.</summary>
    public double Mrr => IsKnown(int.MaxValue) ? _reciprocal / Events : double.NaN;

    /// <summary><see cref="Recall"/> of the window.</summary>
    public double WindowRecall => depth >= RankMeasure.K ? _window.Recall : double.NaN;

    /// <summary><see cref="Dcg"/> of the window.</summary>
    public double WindowDcg => depth >= RankMeasure.K ? _window.Dcg : double.NaN;

    /// <summary><see cref="Recall"/> with fading memory.</summary>
    public double FadingRecall => IsKnown(RankMeasure.K) ? _fadingHits / _fadingWeight : double.NaN;

    /// <summary><see cref="Dcg"/> with fading memory.</summary>
    public double FadingDcg => IsKnown(RankMeasure.K) ? _fadingGain / _fadingWeight : double.NaN;

    /// <summary>Most bytes with a window of this size.</summary>
    public static long BytesFor(int window) => RankWindow.BytesFor(window) + 128;

    /// <summary>Takes the rank of an event: 1 and above, or one of <see cref="Ranks"/>; <see cref="Ranks.None"/> is not counted.</summary>
    public void Add(int rank)
    {
        if (rank == Ranks.None) return;
        Events++;
        if (rank == Ranks.Cold) Misses++;
        if (rank == Ranks.Unknown) Unknown++;
        int top = rank is >= 1 and <= RankMeasure.K ? rank : 0;
        double gain = RankMeasure.Gain(top);
        if (top > 0) _hits++;
        if (rank is >= 1 and <= RankMeasure.WideK) _wideHits++;
        if (rank >= 1) _reciprocal += 1.0 / rank;
        _gain += gain;
        _fadingHits = (fading * _fadingHits) + (top > 0 ? 1 : 0);
        _fadingGain = (fading * _fadingGain) + gain;
        _fadingWeight = (fading * _fadingWeight) + 1;
        _window.Add(rank == Ranks.Unknown ? RankWindow.Unknown : top);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("depth", depth);
        writer.Shape("fading", fading);
        writer.Write(Events);
        writer.Write(Misses);
        writer.Write(Unknown);
        writer.Write(_hits);
        writer.Write(_wideHits);
        writer.WriteRaw<double>([_gain, _reciprocal, _fadingHits, _fadingGain, _fadingWeight]);
        _window.Save(ref writer);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("depth", depth);
        reader.Shape("fading", fading);
        Events = reader.ReadCount();
        Misses = reader.ReadCount();
        Unknown = reader.ReadCount();
        _hits = reader.ReadCount();
        _wideHits = reader.ReadCount();
        if (_hits > _wideHits || _wideHits > Events - Misses - Unknown)
            throw new StateMismatchException($"The snapshot has {_hits} and {_wideHits} hits in {Events} events, {Misses} of them cold and {Unknown} unknown.");
        _gain = reader.ReadFinite();
        _reciprocal = reader.ReadFinite();
        _fadingHits = reader.ReadFinite();
        _fadingGain = reader.ReadFinite();
        _fadingWeight = reader.ReadFinite();
        _window.Restore(ref reader);
    }

    private bool IsKnown(int k) => depth >= k && Unknown == 0;
}
