using System.ComponentModel.DataAnnotations;
using Streaming.Operators.Bandits.Linear;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Options of <see cref="LinUcb"/>.</summary>
public sealed class LinUcbOptions : LinearPolicyOptions
{
    /// <summary>
    /// Factor of the width of the interval, in units of the reward, 0 to 1e6; default 1. The theory's is 1 + sqrt(ln(2 / d) / 2) for a certainty of 1 - d; raising
    /// it explores more.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Alpha { get; set; } = 1;
}
