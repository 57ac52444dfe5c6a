using Streaming.Abstractions.State;
using Streaming.Operators.Bandits.OffPolicy;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Regret;

/// <summary>
/// Weighted sum and mean of everything, and the weighted mean of the last values and with fading memory (Gama, Sebastiao, Rodrigues 2013, "On evaluating
/// stream learning algorithms", section 3).
/// </summary>
/// <remarks>O(1) amortized a value, 16 bytes for each in the window. One caller at a time. State: the sums, the window, what fades.</remarks>
/// <param name="window">Values in the window, at least 1.</param>
/// <param name="fading">Fading factor in (0, 1].</param>
public sealed class WeightedTrack(int window, double fading)
{
    private readonly double[] _values = new double[window];
    private readonly double[] _weights = new double[window];
    private CompensatedSum _sum;
    private CompensatedSum _weight;
    private SlidingSum _windowSum;
    private SlidingSum _windowWeight;
    private double _fadingSum;
    private double _fadingWeight;

    /// <summary>Sum of value times weight; 0 before the first.</summary>
    public double Sum => _sum.Value;

    /// <summary>Mean of everything; NaN before the first, as the others.</summary>
    public double Mean => _sum.Value / _weight.Value;

    /// <summary>Mean of the window.</summary>
    public double WindowMean => _windowSum.Sum(_values) / _windowWeight.Sum(_weights);

    /// <summary>Mean where a value n values back weighs fading^n times its weight.</summary>
    public double FadingMean => _fadingSum / _fadingWeight;

    /// <summary>Most bytes of a track with a window of this size.</summary>
    public static long BytesFor(int window) => (2L * sizeof(double) * window) + 256;

    /// <summary>Takes a value of at most 1e60 in magnitude with a weight above 0 and of at most 1e39.</summary>
    public void Add(double value, double weight)
    {
        double weighted = value * weight;
        _sum.Add(weighted);
        _weight.Add(weight);
        _windowSum.Add(_values, weighted);
        _windowWeight.Add(_weights, weight);
        _fadingSum = (fading * _fadingSum) + weighted;
        _fadingWeight = (fading * _fadingWeight) + weight;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("window", _values.Length);
        writer.Shape("fading", fading);
        _sum.Save(ref writer);
        _weight.Save(ref writer);
        _windowSum.Save(ref writer, _values);
        _windowWeight.Save(ref writer, _weights);
        writer.Write(_fadingSum);
        writer.Write(_fadingWeight);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("window", _values.Length);
        reader.Shape("fading", fading);
        _sum.Restore(ref reader);
        _weight.Restore(ref reader);
        _windowSum.Restore(ref reader, _values);
        _windowWeight.Restore(ref reader, _weights);
        _fadingSum = reader.ReadFinite();
        _fadingWeight = reader.ReadFinite();
    }
}
