using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Options of <see cref="EpsilonGreedy"/>.</summary>
public sealed class EpsilonGreedyOptions : LearningPolicyOptions
{
    /// <summary>Probability of exploring, 0 to 1; default 0.1. Raising it finds better arms sooner and earns less once they are known.</summary>
    [Range(0.0, 1.0)]
    public double Epsilon { get; set; } = 0.1;

    /// <summary>Rate at which exploring dies out with each event learned (Epsilon exp(-n Decay)), 0 to 1; default 0: never. Raising it explores for a shorter time.</summary>
    [Range(0.0, 1.0)]
    public double Decay { get; set; }

    /// <summary>
    /// Mean of an arm that was never pulled, in units of the reward, -1e9 to 1e9; default 0. Raising it above what arms earn makes the policy try each of
    /// them once.
    /// </summary>
    [Range(-1e9, 1e9)]
    public double Initial { get; set; }
}
