using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Predicts mean + user bias + item bias (Koren 2008, "Factorization meets the neighborhood", section 2.1), learned by <see cref="SgdFactorization{T}"/>'s
/// rule.
/// Ranks by the item's bias.
/// </summary>
/// <remarks>O(1) an event. One caller at a time.</remarks>
public sealed class Baseline : SgdFactorization<double>
{
    private static readonly NormalRows<double> NoRows = new(0, 0);

    /// <summary>A baseline that has learned nothing.</summary>
    /// <param name="options">Rates and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Baseline(BaselineOptions options, bool ranking = true)
        : base(options, Settings(options), NoRows, NoRows, ranking)
    {
    }

    /// <inheritdoc/>
    public override string StateTag => "baseline";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(BaselineOptions options, bool ranking) => BytesFor(options, Settings(options), ranking);

    private static SgdSettings Settings(BaselineOptions options) => new(
        0, MeanAndBiases: true, 0, options.LearningRate, 0, options.Regularization, options.GradientClip)
    {
        Schedule = options.Schedule,
        Decay = options.Decay,
        TimeBucketDays = options.TimeBucketDays,
        TimeBuckets = options.TimeBuckets,
    };
}
