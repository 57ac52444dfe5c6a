using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// Prequential ranking quality by protocol P: what the rank of the one item that came is worth (<see cref="RankMeasures"/>), over all ranked events, over the last ones, and
/// with fading memory (Vinagre, Jorge, Gama 2014, "Evaluation of recommender systems in streaming environments"; Gama, Sebastiao, Rodrigues 2013).
/// </summary>
/// <remarks>
/// Every ranked event counts in the denominator, cold ones as the worst there is. A rank that cannot be known makes the measures that contain it NaN: it is never
/// guessed. O(measures) an event.
/// One caller at a time.
/// </remarks>
internal sealed class RankingQuality
{
    private readonly RankMeasures _measures;
    private readonly double _fading;
    private readonly RankSums _all;
    private readonly RankSums _faded;
    private readonly RankWindow _window;

    /// <summary>A quality of no events.</summary>
    /// <param name="measures">What is measured.</param>
    /// <param name="window">Ranked events in the window.</param>
    /// <param name="fading">Fading factor in (0, 1].</param>
    public RankingQuality(RankMeasures measures, int window, double fading)
    {
        (_measures, _fading) = (measures, fading);
        (_all, _faded, _window) = (new RankSums(measures), new RankSums(measures, fading), new RankWindow(measures, window));
    }

    /// <summary>All ranked events.</summary>
    public RankSums All => _all;

    /// <summary>Most bytes with a window of this size.</summary>
    public static long BytesFor(RankMeasures measures, int window) => RankWindow.BytesFor(measures, window) + (32L * measures.Count) + 256;

    /// <summary>A measure over the window.</summary>
    public double WindowMean(int measure) => _window.Mean(measure);

    /// <summary>A measure with fading memory.</summary>
    public double FadingMean(int measure) => _faded.Mean(measure);

    /// <summary>Takes the rank of an event, none of <see cref="Ranks.None"/>, and what it is worth.</summary>
    public void Add(int rank, ReadOnlySpan<double> worth)
    {
        _all.Add(rank, worth);
        _faded.Add(rank, worth);
        _window.Add(Math.Max(rank, 0), rank != Ranks.Unknown, worth);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        SaveShape(ref writer);
        writer.Shape("K", string.Join(',', _measures.Ks.ToArray()));
        writer.Shape("AucSamples", _measures.Samples);
        _all.Save(ref writer);
        _faded.Save(ref writer);
        _window.Save(ref writer);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        RestoreShape(ref reader);
        reader.Shape("K", string.Join(',', _measures.Ks.ToArray()));
        reader.Shape("AucSamples", _measures.Samples);
        _all.Restore(ref reader);
        _faded.Restore(ref reader);
        _window.Restore(ref reader);
    }

    /// <summary>Becomes what was saved in the first layout: hits at 10 and 20, gain at 10, reciprocal rank. What it had not is not known.</summary>
    public void RestoreFirst(ref StateReader reader)
    {
        RestoreShape(ref reader);
        long events = reader.ReadCount(), misses = reader.ReadCount(), unknown = reader.ReadCount(), hits = reader.ReadCount(), wideHits = reader.ReadCount();
        double gain = reader.ReadFinite(), reciprocal = reader.ReadFinite(), fadingHits = reader.ReadFinite(), fadingGain = reader.ReadFinite(), fadingWeight = reader.ReadFinite();
        (int recall, int gains) = (_measures.RecallAt(RankMeasure.K), _measures.GainAt(RankMeasure.K));
        _all.Become(events, misses, unknown, events, (recall, hits), (_measures.RecallAt(RankMeasure.WideK), wideHits), (gains, gain), (_measures.Reciprocal, reciprocal));
        _faded.Become(events, misses, unknown, fadingWeight, (recall, fadingHits), (gains, fadingGain));
        _window.RestoreFirst(ref reader);
    }

    private void SaveShape(ref StateWriter writer)
    {
        writer.Shape("depth", _measures.Depth);
        writer.Shape("fading", _fading);
    }

    private void RestoreShape(ref StateReader reader)
    {
        reader.Shape("depth", _measures.Depth);
        reader.Shape("fading", _fading);
    }
}
