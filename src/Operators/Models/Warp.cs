using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Weighted approximate-rank pairwise loss (Weston, Bengio, Usunier 2011, "WSABIE: scaling up to large vocabulary image annotation", section 3 and algorithm 1),
/// in one pass as LightFM does it: a few times over, items are drawn until one is not behind the met item by the margin; the fewer it took, the worse the met item ranks, and the
/// larger the step.
/// </summary>
/// <remarks>
/// After N trials the rank is estimated as floor((items - 1) / N), at least 1; the gradient is the importance weight times the rank's harmonic number, or its
/// logarithm; the step is <see cref="PairwiseRecommender{T}"/>'s; then rows that are too long are scaled back. There is no step where no such item is found.
/// O(samples x trials x (factors + log items)) an event. One caller at a time.
/// </remarks>
public sealed unsafe class Warp<T> : PairwiseRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly double _margin;
    private readonly double _maxNorm;
    private readonly int _maxTrials;
    private readonly WarpWeight _weighting;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows and of the items drawn.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Warp(WarpOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), seed, ranking)
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    public Warp(WarpOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, ulong seed, bool ranking = true)
        : base(options, userRows, itemRows, CounterRng.Derive(seed, "negatives"), ranking) =>
        (_margin, _maxNorm, _maxTrials, _weighting) = (options.Margin, options.MaxNorm, options.MaxTrials, options.Weighting);

    /// <inheritdoc/>
    public override string StateTag => "warp";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(WarpOptions options, bool ranking) => PairwiseRecommender<T>.BytesFor(options, ranking);

    private protected override void Compare(int user, int item, double weight, MarkedItems met, ref CounterRng rng)
    {
        double bound = ScoreOf(user, item) - _margin;
        for (int trial = 1; trial <= _maxTrials; trial++)
        {
            int drawn = Draw(item, met, ref rng);
            if (drawn < 0) return;
            if (ScoreOf(user, drawn) <= bound) continue;
            Step(user, item, drawn, weight * WarpSteps.Of(_weighting, ItemTable.Entities.Count, trial));
            Shorten(UserTable.Row(user));
            Shorten(ItemTable.Row(item));
            Shorten(ItemTable.Row(drawn));
            Refresh(drawn);
            return;
        }
    }

    private void Shorten(T* row)
    {
        double length = Math.Sqrt(double.CreateTruncating(FactorKernel<T>.Dot(row, row, Stride)));
        if (length > _maxNorm) FactorKernel<T>.Move(row, row, Stride, T.Zero, T.CreateTruncating(_maxNorm / length));
    }
}
