using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Predicts mean + user bias + item bias + inner product of factors (Koren, Bell, Volinsky 2009, equation 4), learned by
/// <see cref="SgdFactorization{T}"/>'s rule.
/// </summary>
/// <remarks>O(factors) an event. One caller at a time.</remarks>
public sealed class BiasedMf<T> : SgdFactorization<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public BiasedMf(BiasedMfOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking, CounterRng.Derive(seed, "refits"))
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="userRows">Initial rows of users.</param>
    /// <param name="itemRows">Initial rows of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    /// <param name="refitSeed">Seed of what re-fits draw.</param>
    public BiasedMf(BiasedMfOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true, ulong refitSeed = 0)
        : base(options, Settings(options), userRows, itemRows, ranking, options.Refit, refitSeed)
    {
    }

    /// <inheritdoc/>
    public override string StateTag => "biased-mf";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(BiasedMfOptions options, bool ranking) => BytesFor(options, Settings(options), ranking, options.Refit);

    private static SgdSettings Settings(BiasedMfOptions options) => new(
        options.Factors, MeanAndBiases: true, options.LearningRate, options.BiasLearningRate, options.Regularization, options.BiasRegularization, options.GradientClip)
    {
        Schedule = options.Schedule,
        Decay = options.Decay,
        Precision = options.Precision,
        TimeBucketDays = options.TimeBucketDays,
        TimeBuckets = options.TimeBuckets,
    };
}
