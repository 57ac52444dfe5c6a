using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.OffPolicy;

/// <summary>
/// Weighted mean and weighted sum of squared deviations from it, updated in place (West 1979, "Updating mean and variance estimates"): no difference of
/// large sums is ever taken.
/// </summary>
/// <remarks>A value type: one caller at a time.</remarks>
public struct WeightedMoments
{
    private double _mean;
    private double _deviation;

    /// <summary>Sum of the weights.</summary>
    public double Weight { get; private set; }

    /// <summary>Takes a finite value with a finite weight that is not negative; at 0 nothing changes.</summary>
    public void Add(double value, double weight)
    {
        if (!(weight > 0)) return;
        Weight += weight;
        double delta = value - _mean;
        _mean += weight / Weight * delta;
        _deviation += weight * delta * (value - _mean);
    }

    /// <summary>Sum of weight times squared distance from any <paramref name="center"/>.</summary>
    public readonly double SquaresAround(double center) => _deviation + (Weight * (_mean - center) * (_mean - center));

    /// <summary>Writes the state.</summary>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(Weight);
        writer.Write(_mean);
        writer.Write(_deviation);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        Weight = reader.ReadFinite();
        _mean = reader.ReadFinite();
        _deviation = reader.ReadFinite();
    }
}
