using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of every learner that compares the item a user met with items it did not meet.</summary>
public abstract class PairwiseOptions : FactorOptions
{
    private protected PairwiseOptions()
    {
    }

    /// <summary>
    /// Steps on each event, 1 to 1,000; default 10. An item is drawn, or searched for, before each. Raising it learns more from each event, at a cost in time that is
    /// proportional.
    /// </summary>
    [Range(1, 1000)]
    public int Samples { get; set; } = 10;

    /// <summary>Learning rate of the factors, 0 to 10; default 0.05. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 10.0)]
    public double LearningRate { get; set; } = 0.05;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0.01. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; set; } = 0.01;

    /// <summary>Whether items have a bias, which learns how popular they are; default true.</summary>
    public bool ItemBiases { get; set; } = true;

    /// <summary>Learning rate of the biases, 0 to 10; default 0.05. Raising it follows what is popular now more closely.</summary>
    [Range(0.0, 10.0)]
    public double BiasLearningRate { get; set; } = 0.05;

    /// <summary>l2 penalty on the biases, 0 to 10; default 0. Raising it forgets old popularity sooner: a bias decays each time its item is met or drawn.</summary>
    [Range(0.0, 10.0)]
    public double BiasRegularization { get; set; }

    /// <summary>From where negatives are drawn; default <see cref="NegativeSampling.Uniform"/>.</summary>
    public NegativeSampling Sampling { get; set; } = NegativeSampling.Uniform;

    /// <summary>
    /// With <see cref="NegativeSampling.Popularity"/>, the power of how often an item came that its probability is proportional to, 0 to 1; default 0.75. Raising it
    /// draws popular items more often.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Exponent { get; set; } = 0.75;
}
