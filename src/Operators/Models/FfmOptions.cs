using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Ffm{T}"/>.</summary>
public sealed class FfmOptions : FeatureOptions
{
    /// <summary>Latents that a feature has for each field, 1 to 64; default 4. Raising it fits finer tastes, needs more events to do so, and costs time and memory for every field.</summary>
    [Range(1, 64)]
    public override int Factors { get; set; } = 4;

    /// <summary>
    /// Fields, 4 to 64; default 8: the user, the item, the catalogue's features, and the rest for places of the context. Raising it tells more places apart, and makes every row longer.
    /// </summary>
    [Range(4, 64)]
    public int Fields { get; set; } = 8;

    /// <summary>What is learned: ratings, or what users meet; default <see cref="FmLoss.Squared"/>.</summary>
    public FmLoss Loss { get; set; } = FmLoss.Squared;

    /// <summary>
    /// With <see cref="FmLoss.Logistic"/>, items drawn on each event that the user has not met, 1 to 1,000; default 10. Raising it learns more from each event, at a cost in time
    /// that is proportional.
    /// </summary>
    [Range(1, 1000)]
    public int Negatives { get; set; } = 10;

    /// <summary>Whether an intercept and a weight for each feature belong to the score; default true. The paper has none.</summary>
    public bool Linear { get; set; } = true;

    /// <summary>Whether the values of an example's features are divided by their length, so that examples with many features weigh no more; default false.</summary>
    public bool Normalize { get; set; }

    /// <summary>Learning rate of the latents, above 0, at most 10; default 0.1. Raising it learns faster and, past a point, not at all.</summary>
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

    /// <summary>What the intercept starts with, -1e6 to 1e6; default 0.</summary>
    [Range(-1e6, 1e6)]
    public double Intercept { get; set; }
}
