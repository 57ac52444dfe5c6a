using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// Mean of similarities in [0, 1], or of other numbers with bounds: over all, over the last ones, and with fading memory (Gama, Sebastiao, Rodrigues 2013, section 3). Amortized O(1)
/// and 8 bytes a place of the window. One that is not known (NaN) makes the means that contain it NaN.
/// </summary>
/// <param name="window">Similarities in the window, at least 1.</param>
/// <param name="fading">Fading factor in (0, 1].</param>
/// <param name="most">The largest that one can be.</param>
internal sealed class SimilarityMean(int window, double fading, double most = 1)
{
    private readonly double[] _ring = new double[window];
    private SlidingSum _window;
    private double _sum;
    private double _fadingSum;
    private double _fadingWeight;

    /// <summary>Similarities taken.</summary>
    public long Count { get; private set; }

    /// <summary>Mean of all; NaN before the first.</summary>
    public double Mean => _sum / Count;

    /// <summary>Mean of the window; NaN before the first.</summary>
    public double WindowMean => _window.Sum(_ring) / _window.Count;

    /// <summary>Mean with fading memory; NaN before the first.</summary>
    public double FadingMean => _fadingSum / _fadingWeight;

    /// <summary>Most bytes of a mean with this window.</summary>
    public static long BytesFor(int window) => (sizeof(double) * (long)window) + 128;

    /// <summary>Takes a similarity.</summary>
    public void Add(double similarity)
    {
        Count++;
        _sum += similarity;
        _window.Add(_ring, similarity);
        _fadingSum = (fading * _fadingSum) + similarity;
        _fadingWeight = (fading * _fadingWeight) + 1;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("window", _ring.Length);
        writer.Shape("fading", fading);
        writer.Write(Count);
        writer.WriteRaw<double>([_sum, _fadingSum, _fadingWeight]);
        _window.Save(ref writer, _ring);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("window", _ring.Length);
        reader.Shape("fading", fading);
        Count = reader.ReadCount();
        (_sum, _fadingSum, _fadingWeight) = (reader.Read<double>(), reader.Read<double>(), reader.ReadFinite());
        if (_sum < 0 || _sum > most * Count || _fadingSum < 0 || _fadingSum > most * _fadingWeight)
            throw new StateMismatchException($"The snapshot has a sum of {_sum} and {_fadingSum} for {Count} numbers, which are 0 to {most} each.");
        _window.Restore(ref reader, _ring);
    }
}
