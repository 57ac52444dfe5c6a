using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Mean of a stream, updated in place: mean += (w / W)(x - mean) (West 1979, "Updating mean and variance estimates"). 0 before the first value.
/// </summary>
/// <remarks>Stays finite for finite values, however large. A value type: one caller at a time.</remarks>
public struct WeightedMean
{
    private double _weight;

    /// <summary>The mean so far.</summary>
    public double Value { get; private set; }

    /// <summary>Takes a finite value with a positive, finite weight.</summary>
    public void Add(double value, double weight)
    {
        _weight += weight;
        double share = weight / _weight;
        double next = Value + (share * (value - Value));
        // value - Value overflows where the two are huge and of opposite signs; the convex combination does not.
        Value = double.IsFinite(next) ? next : ((1 - share) * Value) + (share * value);
    }

    /// <summary>Writes the state.</summary>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(_weight);
        writer.Write(Value);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        _weight = reader.Read<double>();
        if (!(_weight >= 0)) throw new StateMismatchException($"The snapshot has a mean with the weight {_weight}.");
        Value = reader.ReadFinite();
    }
}
