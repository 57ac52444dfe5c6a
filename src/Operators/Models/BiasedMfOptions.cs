using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Options of <see cref="BiasedMf{T}"/>. The defaults beat <see cref="Baseline"/> on film ratings in steps of a half to 5 and in steps of 1 to 10.
/// </summary>
public sealed class BiasedMfOptions : SgdOptions, IValidatableOptions
{
    /// <summary>Learning rate of the factors, 0 to 1; default 0.05. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 1.0)]
    public override double LearningRate { get; set; } = 0.05;

    /// <summary>Learning rate of the biases, 0 to 1; default 0.03. Raising it follows each new value more closely.</summary>
    [Range(0.0, 1.0)]
    public double BiasLearningRate { get; set; } = 0.03;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0.1. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public override double Regularization { get; set; } = 0.1;

    /// <summary>l2 penalty on the biases, 0 to 10; default 0.05. Raising it pulls biases towards 0, most where events are few.</summary>
    [Range(0.0, 10.0)]
    public double BiasRegularization { get; set; } = 0.05;

    /// <summary>
    /// Days for which an item has a further bias of its own, 0.00000001 to 36,525, or 0 for none; default 0. Lowering it follows fashions, and leaves fewer events to learn
    /// each bias from. It learns as the item's bias does.
    /// </summary>
    [Range(0.0, 36_525.0)]
    public double TimeBucketDays { get; set; }

    /// <summary>
    /// Of how many such times an item keeps its bias, the newest in which it came, 1 to 4,096; default 8. Raising it lets late events find theirs, at 16 bytes an item and time.
    /// </summary>
    [Range(1, 4096)]
    public int TimeBuckets { get; set; } = 8;

    /// <summary>Fits it anew, beside it, to what it learned lately; off by default.</summary>
    public RefitOptions Refit { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Refit.Every > 0 && !(Schedule == RateSchedule.Constant && TimeBucketDays == 0)) yield return ("Refit:Every", FormattableString.Invariant($"found {Refit.Every}, and only a model with constant rates and no biases of a time can be fitted anew; 0 is allowed here"));
        if (Refit.Every > 0 && Precision != RowPrecision.Single) yield return (nameof(Precision), "is 16 bits, and only a model with rows in single precision can be fitted anew (Refit:Every)");
    }
}
