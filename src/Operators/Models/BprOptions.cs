using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Bpr{T}"/>. The defaults were tuned on two logs of films (docs/benchmarks.md).</summary>
public sealed class BprOptions : PairwiseOptions
{
    /// <summary>Items drawn on each event, with a step for each, 1 to 1,000; default 40. Raising it learns more from each event, at a cost in time that is proportional.</summary>
    [Range(1, 1000)]
    public override int Samples { get; set; } = 40;

    /// <summary>Learning rate of the factors, 0 to 10; default 0.15. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 10.0)]
    public override double LearningRate { get; set; } = 0.15;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0.03. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public override double Regularization { get; set; } = 0.03;

    /// <summary>Learning rate of the biases, 0 to 10; default 0.05. Raising it follows what is popular now more closely.</summary>
    [Range(0.0, 10.0)]
    public override double BiasLearningRate { get; set; } = 0.05;

    /// <summary>
    /// l2 penalty on the biases, 0 to 10; default 0.003. Raising it forgets old popularity sooner: a bias decays each time its item is met or drawn.
    /// </summary>
    [Range(0.0, 10.0)]
    public override double BiasRegularization { get; set; } = 0.003;
}
