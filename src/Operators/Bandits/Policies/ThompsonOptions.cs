using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Options of <see cref="Thompson"/>.</summary>
public sealed class ThompsonOptions : LearningPolicyOptions, IValidatableOptions
{
    /// <summary>Successes every arm is believed to have had, 0.01 to 1e6; default 1. Raising it makes new arms look better and be tried more.</summary>
    [Range(0.01, 1e6)]
    public double PriorSuccesses { get; set; } = 1;

    /// <summary>Failures every arm is believed to have had, 0.01 to 1e6; default 1. Raising it makes new arms look worse and be tried less.</summary>
    [Range(0.01, 1e6)]
    public double PriorFailures { get; set; } = 1;

    /// <summary>Reward that counts as a whole failure, -1e9 to 1e9, below <see cref="High"/>; default 0. What is lower is clipped and counted.</summary>
    [Range(-1e9, 1e9)]
    public double Low { get; set; }

    /// <summary>Reward that counts as a whole success, -1e9 to 1e9; default 1. What is higher is clipped and counted.</summary>
    [Range(-1e9, 1e9)]
    public double High { get; set; } = 1;

    /// <summary>
    /// Draws a decision, 1 to 10,000; default 16. The probability of an action is the share of draws it wins: raising it makes probabilities finer and costs
    /// time in proportion; the choices are distributed the same.
    /// </summary>
    [Range(1, 10_000)]
    public int Samples { get; set; } = 16;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!(Low < High)) yield return (nameof(Low), $"found {Low}; allowed is less than {nameof(High)} = {High}");
    }
}
