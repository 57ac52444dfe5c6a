using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Chooses every action with the same probability: what every other policy must beat.</summary>
/// <remarks>Learns nothing and has no state.</remarks>
public sealed class UniformPolicy : IBanditPolicy
{
    /// <inheritdoc/>
    public string StateTag => "uniform";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public void Distribution(in Decision decision, ref CounterRng rng, Span<double> probabilities) => probabilities.Fill(1.0 / probabilities.Length);

    /// <inheritdoc/>
    public void Learn(in Decision decision, int action, double reward, double weight)
    {
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
    }
}
