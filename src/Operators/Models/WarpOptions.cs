using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Warp{T}"/>. The defaults were tuned on two logs of films (docs/benchmarks.md).</summary>
public sealed class WarpOptions : PairwiseOptions
{
    /// <summary>Searches on each event, with at most a step for each, 1 to 1,000; default 10. Raising it learns more from each event, at a cost in time that is proportional.</summary>
    [Range(1, 1000)]
    public override int Samples { get; set; } = 10;

    /// <summary>Learning rate of the factors, 0 to 10; default 0.005. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 10.0)]
    public override double LearningRate { get; set; } = 0.005;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0.01. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public override double Regularization { get; set; } = 0.01;

    /// <summary>Learning rate of the biases, 0 to 10; default 0.002. Raising it follows what is popular now more closely.</summary>
    [Range(0.0, 10.0)]
    public override double BiasLearningRate { get; set; } = 0.002;

    /// <summary>
    /// l2 penalty on the biases, 0 to 10; default 0.01. Raising it forgets old popularity sooner: a bias decays each time its item is met or drawn.
    /// </summary>
    [Range(0.0, 10.0)]
    public override double BiasRegularization { get; set; } = 0.01;

    /// <summary>
    /// Most items drawn in search of one that comes too close, 1 to 10,000; default 100. Raising it finds mistakes near the top of the list too, at a
    /// cost in time.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxTrials { get; set; } = 100;

    /// <summary>How far a met item must be ahead of others, 0 to 1,000; default 1. Raising it steps on more events.</summary>
    [Range(0.0, 1000.0)]
    public double Margin { get; set; } = 1;

    /// <summary>How a step is weighted by the rank estimated; default <see cref="WarpWeight.Log"/>.</summary>
    public WarpWeight Weighting { get; set; } = WarpWeight.Log;

    /// <summary>Largest length of a row, above 0; default 2. Lowering it bounds scores, and with them what a single item can do.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double MaxNorm { get; set; } = 2;
}

/// <summary>How <see cref="Warp{T}"/> weights a step by the rank estimated.</summary>
public enum WarpWeight
{
    /// <summary>1 + 1/2 + ... + 1/rank: as in the paper.</summary>
    Harmonic,

    /// <summary>The natural logarithm of the rank, at least 1 and at most 10: as in LightFM.</summary>
    Log,
}
