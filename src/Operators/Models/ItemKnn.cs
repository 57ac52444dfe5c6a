using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Item-based collaborative filtering, kept up event by event (Sarwar, Karypis, Konstan, Riedl 2001, "Item-based collaborative filtering recommendation
/// algorithms";
/// incrementally as in Miranda, Jorge 2009, "Item-based and user-based incremental collaborative filtering for web recommendations"): items that the same user
/// met
/// within a few events are counted as met together, and score(t) = sum over the n-th last items j of the user's of recency^(n-1) similarity(j, t), plus the
/// prior
/// (<see cref="PriorOptions.PriorWeight"/>).
/// </summary>
/// <remarks>
/// <para>An event that is the first after item j adds 1 to the count of (j, item) and (item, j), the n-th after it recency^(n-1); all counts decay. An item
/// keeps its heaviest neighbours: a new one takes the place and the count of the lightest, so that a count is never too low, and too high by at most the
/// lightest (Space-Saving). With
/// as many neighbours as items nothing is lost.</para>
/// <para>Learning takes O(basket x neighbours / lanes), ranking O(basket x neighbours + the user's history + log items). 12 bytes for each neighbour there is
/// room for, committed as items come. One caller at a time. State: the prior's, the decay, then of items the sum of weights and the neighbours with their
/// counts, of
/// users the last items.</para>
/// </remarks>
public sealed class ItemKnn : PriorRecommender
{
    private readonly RowLists _baskets;
    private readonly RowLists _neighbours;
    private readonly SumColumn _weights;
    private readonly ForwardDecay _decay;
    private readonly ItemSimilarity _similarity;
    private readonly double _shrinkage;
    private readonly double _recency;

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="options">Similarity, decay and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public ItemKnn(ItemKnnOptions options, bool ranking = true)
        : base(options, Shape(options, ranking))
    {
        (_similarity, _shrinkage, _recency) = (options.Similarity, options.Shrinkage, options.Recency);
        _decay = new ForwardDecay(options.HalfLife);
        _weights = ItemColumns.Add(new SumColumn(ItemColumns.Entities));
        _neighbours = ItemColumns.Add(new RowLists(ItemColumns.Entities, options.Neighbours, weights: true));
        _baskets = UserColumns.Add(new RowLists(UserColumns.Entities, options.Basket, weights: false));
    }

    /// <inheritdoc/>
    public override string StateTag => "item-knn";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(ItemKnnOptions options, bool ranking) => BytesFor(options, Shape(options, ranking));

    private protected override void Collect(int user, SparseScores scores)
    {
        double recency = 1, shrinkage = _shrinkage * _decay.Present;
        foreach (uint met in _baskets.Entries(user))
        {
            int item = ItemColumns.Entities.RowOfSequence(met);
            if (item >= 0) CollectNeighbours(item, recency, shrinkage, scores);
            recency *= _recency;
        }
    }

    private protected override void Train(int user, int item, in Example example)
    {
        EntityTable items = ItemColumns.Entities;
        double weight = _decay.Weigh(Events, out int shift);
        if (shift > 0)
        {
            _weights.Scale(shift);
            _neighbours.Scale(shift);
        }

        CountPrior(item);
        _weights.Add(item, weight);
        uint own = items.Sequence(item);
        foreach (uint met in _baskets.Entries(user))
        {
            int other = items.RowOfSequence(met);
            if (other >= 0 && other != item)
            {
                _neighbours.Increase(other, own, weight);
                _neighbours.Increase(item, met, weight);
            }

            weight *= _recency;
        }

        _baskets.PushFront(user, own);
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        base.SaveLearner(ref writer);
        writer.Shape("similarity", (long)_similarity);
        writer.Shape("shrinkage", _shrinkage);
        writer.Shape("recency", _recency);
        _decay.Save(ref writer);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        base.RestoreLearner(ref reader);
        reader.Shape("similarity", (long)_similarity);
        reader.Shape("shrinkage", _shrinkage);
        reader.Shape("recency", _recency);
        _decay.Restore(ref reader);
    }

    private protected override void Restored()
    {
        _baskets.CheckArrivals(ItemColumns.Entities);
        _neighbours.CheckArrivals(ItemColumns.Entities);
    }

    private static SparseShape Shape(ItemKnnOptions options, bool ranking) =>
        new(RowLists.BytesOf(options.Basket, weights: false), sizeof(double) + RowLists.BytesOf(options.Neighbours, weights: true), ranking);

    private void CollectNeighbours(int item, double recency, double shrinkage, SparseScores scores)
    {
        EntityTable items = ItemColumns.Entities;
        ReadOnlySpan<uint> neighbours = _neighbours.Entries(item);
        ReadOnlySpan<double> counts = _neighbours.Weights(item);
        double weight = _weights[item];
        for (int n = 0; n < neighbours.Length; n++)
        {
            int other = items.RowOfSequence(neighbours[n]);
            if (other < 0) continue;
            double common = counts[n];
            double whole = _similarity switch
            {
                ItemSimilarity.Conditional => weight,
                ItemSimilarity.Cosine => Math.Sqrt(weight * _weights[other]),
                _ => Math.Max(weight + _weights[other] - common, common),
            };
            scores.Add(other, recency * Math.Min(1, common / (whole + shrinkage)));
        }
    }
}
