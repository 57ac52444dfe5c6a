using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Fm{T}"/>. The defaults were tuned on two logs of film ratings (docs/benchmarks.md).</summary>
public sealed class FmOptions : FeatureOptions
{
    /// <summary>
    /// Latents of a feature, 1 to 1,024; default 15. Raising it fits finer tastes, needs more events to do so, and costs time and memory in steps of 16, of which the
    /// weight takes one.
    /// </summary>
    [Range(1, 1024)]
    public override int Factors { get; set; } = 15;

    /// <summary>What is learned: ratings, or what users meet; default <see cref="FmLoss.Squared"/>.</summary>
    public FmLoss Loss { get; set; } = FmLoss.Squared;

    /// <summary>
    /// With <see cref="FmLoss.Logistic"/>, items drawn on each event that the user has not met, 1 to 1,000; default 10. Raising it learns more from each event, at a cost in time
    /// that is proportional.
    /// </summary>
    [Range(1, 1000)]
    public int Negatives { get; set; } = 10;

    /// <summary>How gradients become steps; default <see cref="FeatureOptimizer.Adagrad"/>.</summary>
    public FeatureOptimizer Optimizer { get; set; } = FeatureOptimizer.Adagrad;

    /// <summary>Learning rate of the latents (alpha, for ftrl), above 0, at most 10; default 0.1. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double LearningRate { get; set; } = 0.1;

    /// <summary>Learning rate of the weights and the intercept, above 0, at most 10; default 0.3. Raising it follows each new value more closely.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double WeightLearningRate { get; set; } = 0.3;

    /// <summary>l2 penalty on the latents, 0 to 10; default 0.05. Raising it pulls them towards 0.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; set; } = 0.05;

    /// <summary>l2 penalty on weights and intercept, 0 to 10; default 0. Raising it pulls them towards 0.</summary>
    [Range(0.0, 10.0)]
    public double WeightRegularization { get; set; }

    /// <summary>l1 penalty, for ftrl, 0 to 1,000; default 0. Raising it sets more weights and latents to 0.</summary>
    [Range(0.0, 1000.0)]
    public double L1 { get; set; }

    /// <summary>How slowly rates fall at first, for ftrl, above 0, at most 1,000; default 1. Raising it makes early steps smaller.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Beta { get; set; } = 1;

    /// <summary>What the intercept starts with, -1e6 to 1e6; default 0.</summary>
    [Range(-1e6, 1e6)]
    public double Intercept { get; set; }
}

/// <summary>What <see cref="Fm{T}"/> learns.</summary>
public enum FmLoss
{
    /// <summary>Values, by the squared error; the score is a predicted value.</summary>
    Squared,

    /// <summary>Whether a user meets an item, by the log loss with items drawn as negatives; the logistic function of the score is a probability.</summary>
    Logistic,
}
