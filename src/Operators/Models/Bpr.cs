using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Bayesian personalized ranking (Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009, "BPR: Bayesian personalized ranking from implicit feedback", section 4
/// and figure 4), one pass: for each of a few drawn items, one step up the gradient of ln of the logistic function of how far the met item is ahead, less l2.
/// </summary>
/// <remarks>
/// With x the score of the met item less that of the drawn one, the gradient is the importance weight times logistic(-x); the step is
/// <see cref="PairwiseRecommender{T}"/>'s. O(samples x (factors + log items)) an event. One caller at a time.
/// </remarks>
public sealed class Bpr<T> : PairwiseRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows and of the items drawn.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Bpr(BprOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), seed, ranking)
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    public Bpr(BprOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, ulong seed, bool ranking = true)
        : base(options, userRows, itemRows, CounterRng.Derive(seed, "negatives"), ranking)
    {
    }

    /// <inheritdoc/>
    public override string StateTag => "bpr";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(BprOptions options, bool ranking) => PairwiseRecommender<T>.BytesFor(options, ranking);

    private protected override void Compare(int user, int item, double weight, MarkedItems met, ref CounterRng rng)
    {
        int drawn = Draw(item, met, ref rng);
        if (drawn < 0) return;
        double ahead = ScoreOf(user, item) - ScoreOf(user, drawn);
        Step(user, item, drawn, weight * PortableMath.Logistic(-ahead));
        Refresh(drawn);
    }
}
