using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Predicts the inner product of factors that are never negative (Lee, Seung 2001, "Algorithms for non-negative matrix factorization"), on top of mean and biases or without,
/// learned event by event by projected gradients (Lin 2007, "Projected gradient methods for nonnegative matrix factorization", section 4): <see cref="SgdFactorization{T}"/>'s
/// step, then max(0, .) of each factor.
/// </summary>
/// <remarks>
/// Initial factors are |N(0, sigma)|, so that a factor says how much of something there is, and only adds. O(factors) an event. One caller at a time.
/// </remarks>
public sealed class Nmf<T> : SgdFactorization<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Nmf(NmfOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking)
    {
    }

    /// <summary>A model with the absolute values of the given initial rows.</summary>
    public Nmf(NmfOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true)
        : base(options, Settings(options), new NonNegativeRows<T>(userRows), new NonNegativeRows<T>(itemRows), ranking)
    {
    }

    /// <inheritdoc/>
    public override string StateTag => "nmf";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(NmfOptions options, bool ranking) => BytesFor(options, Settings(options), ranking);

    private static SgdSettings Settings(NmfOptions options) => new(
        options.Factors, options.Biases, options.LearningRate, options.BiasLearningRate, options.Regularization, options.BiasRegularization, options.GradientClip)
    {
        Schedule = options.Schedule,
        Decay = options.Decay,
        Precision = options.Precision,
        NonNegative = true,
    };
}
