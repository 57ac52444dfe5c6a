using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of every learner that compares the item a user met with items it did not meet.</summary>
public abstract class PairwiseOptions : FactorOptions, IAdmittingOptions
{
    private protected PairwiseOptions()
    {
    }

    /// <summary>
    /// Factors of a row, 1 to 1,024; default 32. Raising it fits finer tastes, needs more events to do so, and costs time and memory in steps of 16.
    /// </summary>
    [Range(1, 1024)]
    public override int Factors { get; set; } = 32;

    /// <summary>
    /// Standard deviation of the factors that users and items start with, 0 to 10; default 0.05. Raising it makes early predictions noisier and early learning
    /// faster; at 0 only biases are learned.
    /// </summary>
    [Range(0.0, 10.0)]
    public override double InitSigma { get; set; } = 0.05;

    /// <summary>Steps on each event, 1 to 1,000.</summary>
    public abstract int Samples { get; set; }

    /// <summary>Learning rate of the factors, 0 to 10.</summary>
    public abstract double LearningRate { get; set; }

    /// <summary>l2 penalty on the factors, 0 to 10.</summary>
    public abstract double Regularization { get; set; }

    /// <summary>Learning rate of the biases, 0 to 10.</summary>
    public abstract double BiasLearningRate { get; set; }

    /// <summary>l2 penalty on the biases, 0 to 10.</summary>
    public abstract double BiasRegularization { get; set; }

    /// <summary>Whether items have a bias, which learns how popular they are; default true.</summary>
    public bool ItemBiases { get; set; } = true;

    /// <summary>From where negatives are drawn; default <see cref="NegativeSampling.Uniform"/>.</summary>
    public NegativeSampling Sampling { get; set; } = NegativeSampling.Uniform;

    /// <summary>
    /// With <see cref="NegativeSampling.Popularity"/>, the power of how often an item came that its probability is proportional to, 0 to 1; default 0.75. Raising it
    /// draws popular items more often.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Exponent { get; set; } = 0.75;

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();
}
