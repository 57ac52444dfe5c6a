using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Options of <see cref="Ucb1"/>.</summary>
public sealed class Ucb1Options : LearningPolicyOptions
{
    /// <summary>
    /// Factor of the width of the interval, in units of the reward, 0 to 1e6; default 1, which is right for rewards in [0, 1]. Raising it explores more.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Delta { get; set; } = 1;
}
