using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Weighted mean of what an arm earned, and by what weight.</summary>
internal struct ArmMean : IArmStatistics
{
    private WeightedMean _mean;

    /// <summary>Sum of the weights: the number of pulls, where each weighs 1; 0 for an arm that was never pulled.</summary>
    public double Pulls { get; private set; }

    /// <summary>The mean; 0 for an arm that was never pulled.</summary>
    public readonly double Value => _mean.Value;

    /// <summary>Takes a finite reward with a positive weight.</summary>
    public void Add(double reward, double weight)
    {
        _mean.Add(reward, weight);
        Pulls += weight;
    }

    /// <inheritdoc/>
    public readonly void Save(ref StateWriter writer)
    {
        _mean.Save(ref writer);
        writer.Write(Pulls);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        _mean.Restore(ref reader);
        Pulls = reader.ReadFinite();
        if (Pulls < 0) throw new StateMismatchException($"The snapshot has an arm with {Pulls} pulls.");
    }
}
