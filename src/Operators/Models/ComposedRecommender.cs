using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// A learner by features whose score for a given user and context is something in common, plus a bias and an inner product that belong to the item: the sums over
/// the features of the two sides take the place of the rows of a matrix factorization, and items are ranked as there (<see cref="LazyRanker{T}"/>).
/// </summary>
/// <remarks>
/// An item's sum is mirrored for ranking. A step on a feature changes every item that has it: they are marked, O(items that have it), and added up anew before the next
/// rank or list, O(features x latents) each; items without a feature that changed cost nothing. Ranks are exact.
/// </remarks>
public abstract unsafe class ComposedRecommender<T> : FeatureRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LazyRanker<T>? _ranker;
    private readonly NativeBuffer<T> _gradient;
    private readonly bool _pairs;
    private readonly double _maxNorm;

    private protected ComposedRecommender(
        FeatureOptions options, FeatureLayout layout, bool pairs, double maxNorm, IRowInitializer<T>? rows, ItemCatalogue catalogue, ulong seed, bool ranking)
        : base(options, layout, rows, catalogue, seed, ranking)
    {
        (_pairs, _maxNorm) = (pairs, maxNorm);
        _gradient = new NativeBuffer<T>(Table.Stride);
        if (ranking) _ranker = new LazyRanker<T>(options.Items, layout.Latents, biases: true, distance: false);
    }

    /// <summary>Most bytes of a model of this layout.</summary>
    private protected static new long BytesFor(FeatureOptions options, FeatureLayout layout, ItemCatalogue catalogue, bool ranking) =>
        FeatureRecommender<T>.BytesFor(options, layout, catalogue, ranking) + (ranking ? LazyRanker<T>.BytesFor(options.Items, layout.Latents, biases: true) : 0);

    /// <summary>What the scores of all items have in common for the user's side at hand.</summary>
    private protected abstract double Common(FeatureSide<T> user);

    private protected override void Compose(FeatureSide<T> side) => side.Compose(_pairs);

    private protected override double Predict(FeatureSide<T> user, FeatureSide<T> item) =>
        Common(user) + item.Linear + item.Pairs + double.CreateTruncating(FactorKernel<T>.Dot(user.Sum, item.Sum, Table.Stride));

    /// <summary>
    /// Steps on the rows of all members of a side, with <paramref name="gradient"/> that of the loss: value x gradient for the weight where <paramref name="weights"/>, and value x gradient
    /// x (<paramref name="along"/> - own share x value x row) for the latents. Then rows that are too long are scaled back. Members that share a bucket step one after the other.
    /// </summary>
    private protected void Step(FeatureSide<T> side, double gradient, T* along, bool weights = true)
    {
        T* slope = _gradient.Pointer;
        int stride = Table.Stride, weight = Table.Latents;
        foreach (ref readonly FeatureSide<T>.Member member in side.Members)
        {
            T scale = T.CreateSaturating(gradient) * member.Value;
            Buffer.MemoryCopy(along, slope, (long)stride * sizeof(T), (long)stride * sizeof(T));
            FactorKernel<T>.Move(slope, Table.Row(member.Row), stride, _pairs ? -scale * member.Value : T.Zero, scale);
            slope[weight] = weights ? scale : T.Zero;
            Step(member, slope, _maxNorm);
        }
    }

    private protected override int CountBetter(int item, MarkedItems excluded, int limit)
    {
        Refresh();
        Look(ItemSide, item);
        double bias = ItemSide.Linear + ItemSide.Pairs;
        T score = _ranker!.Score(UserSide.Sum, ItemSide.Sum, bias);
        return _ranker.CountBetter(UserSide.Sum, item, score, ItemCount, excluded, limit);
    }

    private protected override double Collect(MarkedItems excluded, ref TopItems best)
    {
        Refresh();
        _ranker!.Collect(UserSide.Sum, ItemRows, excluded, ref best);
        return Common(UserSide);
    }

    private protected override void DisposeLearner()
    {
        _gradient.Dispose();
        _ranker?.Dispose();
    }

    private void Refresh()
    {
        for (int item = TakeStale(); item >= 0; item = TakeStale())
        {
            Look(OtherSide, item);
            _ranker!.Set(item, OtherSide.Sum, OtherSide.Linear + OtherSide.Pairs);
        }
    }
}
