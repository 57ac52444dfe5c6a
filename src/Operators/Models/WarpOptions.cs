using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Warp{T}"/>.</summary>
public sealed class WarpOptions : PairwiseOptions
{
    /// <summary>
    /// Most items drawn in search of one that comes too close, 1 to 10,000; default 50. Raising it finds mistakes near the top of the list too, at a
    /// cost in time.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxTrials { get; set; } = 50;

    /// <summary>How far a met item must be ahead of others, 0 to 1,000; default 1. Raising it steps on more events.</summary>
    [Range(0.0, 1000.0)]
    public double Margin { get; set; } = 1;

    /// <summary>How a step is weighted by the rank estimated; default <see cref="WarpWeight.Harmonic"/>.</summary>
    public WarpWeight Weighting { get; set; } = WarpWeight.Harmonic;

    /// <summary>Largest length of a row, above 0; default 10. Lowering it bounds scores, and with them what a single item can do.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double MaxNorm { get; set; } = 10;
}

/// <summary>How <see cref="Warp{T}"/> weights a step by the rank estimated.</summary>
public enum WarpWeight
{
    /// <summary>1 + 1/2 + ... + 1/rank: as in the paper.</summary>
    Harmonic,

    /// <summary>The natural logarithm of the rank, at least 1 and at most 10: as in LightFM.</summary>
    Log,
}
