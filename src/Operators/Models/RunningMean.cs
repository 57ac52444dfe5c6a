using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Predicts the mean of all values so far, 0 before the first: what every rating model must beat.</summary>
/// <remarks>O(1) an event, 16 bytes. One caller at a time.</remarks>
public sealed class RunningMean : IRatingModel
{
    private WeightedMean _mean;

    /// <inheritdoc/>
    public string StateTag => "mean";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public double Score(in Example example) => _mean.Value;

    /// <inheritdoc/>
    public void Learn(in Example example)
    {
        if (double.IsFinite(example.Value) && Examples.HasWeight(example)) _mean.Add(example.Value, example.Weight);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer) => _mean.Save(ref writer);

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version) => _mean.Restore(ref reader);
}
