using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Predicts the inner product of a user's and an item's factors (Funk 2006, "Netflix update: try this at home"), learned by
/// <see cref="SgdFactorization{T}"/>'s rule.
/// </summary>
/// <remarks>O(factors) an event. One caller at a time.</remarks>
public sealed class FunkMf<T> : SgdFactorization<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public FunkMf(FunkMfOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking, CounterRng.Derive(seed, "refits"))
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="userRows">Initial rows of users.</param>
    /// <param name="itemRows">Initial rows of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    /// <param name="refitSeed">Seed of what re-fits draw.</param>
    public FunkMf(FunkMfOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true, ulong refitSeed = 0)
        : base(options, Settings(options), userRows, itemRows, ranking, options.Refit, refitSeed)
    {
    }

    /// <inheritdoc/>
    public override string StateTag => "funk-mf";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(FunkMfOptions options, bool ranking) => BytesFor(options, Settings(options), ranking, options.Refit);

    private static SgdSettings Settings(FunkMfOptions options) =>
        new(options.Factors, MeanAndBiases: false, options.LearningRate, 0, options.Regularization, 0, options.GradientClip)
        {
            Schedule = options.Schedule,
            Decay = options.Decay,
            Precision = options.Precision,
        };
}
