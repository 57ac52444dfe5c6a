using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>What <see cref="SgdFactorization{T}"/> is made of: rates and penalties as in River's optimizers, gradient 2(prediction - value).</summary>
internal readonly record struct SgdSettings(
    int Factors,
    bool MeanAndBiases,
    double LearningRate,
    double BiasLearningRate,
    double Regularization,
    double BiasRegularization,
    double GradientClip)
{
    /// <summary>How the rates of an entity change with its events.</summary>
    public RateSchedule Schedule { get; init; }

    /// <summary>How fast, for schedules that say so.</summary>
    public double Decay { get; init; }

    /// <summary>Days for which an item's bias of a time holds; 0 for no such biases.</summary>
    public double TimeBucketDays { get; init; }

    /// <summary>Of how many such times an item keeps its bias.</summary>
    public int TimeBuckets { get; init; }

    /// <summary>How rows are kept.</summary>
    public RowPrecision Precision { get; init; }

    /// <summary>Whether factors below 0 are raised to 0.</summary>
    public bool NonNegative { get; init; }

    /// <summary>Whether an event is learned by nothing but one step with constant rates.</summary>
    public bool IsPlain => Schedule == RateSchedule.Constant && TimeBucketDays == 0 && !NonNegative;

    /// <summary>The problem along whose gradient a step goes: that of the squared error is twice the error, that of a penalty once the parameter.</summary>
    public RefitShape Objective => new(MeanAndBiases, Regularization / 2, BiasRegularization / 2);

    /// <summary>These settings as they are for events kept; what is said of factors holds for biases in proportion.</summary>
    public SgdSettings For(RefitOptions options)
    {
        double rate = options.LearningRate ?? LearningRate, l2 = options.Regularization ?? Regularization;
        return this with
        {
            LearningRate = rate,
            BiasLearningRate = BiasLearningRate * Ratio(rate, LearningRate),
            Regularization = l2,
            BiasRegularization = BiasRegularization * Ratio(l2, Regularization),
        };
    }

    private static double Ratio(double value, double own) => own > 0 ? value / own : 1;
}
