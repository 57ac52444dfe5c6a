using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Item-based neighbourhoods for large catalogues, without a count for any pair (after Das, Datar, Garg, Rajaram 2007, "Google news personalization: scalable
/// online
/// collaborative filtering", section 4.1): items whose users' signatures fall into a common bucket are compared, by the Jaccard similarity of their users that
/// the signatures estimate
/// (<see cref="MinHashBuckets"/>). score(t) = sum over the n-th last items j of the user's, among whose candidates t is, of recency^(n-1) estimate(j, t), plus
/// the prior.
/// </summary>
/// <remarks>
/// <para>Items of similarity J are in a common bucket with probability 1 - (1 - J^hashes)^bands. Candidates of j are the rows of its buckets that agree with
/// it in the band, of the last so many of each
/// bucket. Nothing is forgotten: signatures are of all users ever.</para>
/// <para>Learning takes O(hashes), ranking O(basket x bands x candidates + compared items x hashes + the user's history + log items). One caller at a time.
/// State: the prior's, of items what buckets
/// have, of users the last items.</para>
/// </remarks>
public sealed class MinHashKnn : PriorRecommender
{
    private readonly RowLists _baskets;
    private readonly MinHashBuckets _buckets;
    private readonly NativeBuffer<uint> _seen;
    private readonly int _bands;
    private readonly int _candidates;
    private readonly double _recency;
    private readonly ulong _seed;
    private uint _epoch;

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="options">Shape of the signatures, and bounds.</param>
    /// <param name="seed">Seed of the hashes.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public MinHashKnn(MinHashKnnOptions options, ulong seed, bool ranking = true)
        : base(options, Shape(options, ranking))
    {
        (_bands, _candidates, _recency, _seed) = (options.Bands, options.Candidates, options.Recency, seed);
        _buckets = ItemColumns.Add(new MinHashBuckets(ItemColumns.Entities, options.Bands, options.BandHashes, seed));
        _baskets = UserColumns.Add(new RowLists(UserColumns.Entities, options.Basket, weights: false));
        _seen = new NativeBuffer<uint>(options.Items);
    }

    /// <inheritdoc/>
    public override string StateTag => "minhash-knn";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(MinHashKnnOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + MinHashBuckets.BytesFor(options.Items, options.Bands) + (sizeof(uint) * (long)options.Items);

    private protected override void Collect(int user, SparseScores scores)
    {
        double recency = 1;
        foreach (uint met in _baskets.Entries(user))
        {
            int item = ItemColumns.Entities.RowOfSequence(met);
            if (item >= 0) CollectCandidates(item, recency, scores);
            recency *= _recency;
        }
    }

    private protected override void Train(int user, int item, in Example example)
    {
        CountPrior(item);
        _buckets.Add(item, example.User);
        _baskets.PushFront(user, ItemColumns.Entities.Sequence(item));
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        base.SaveLearner(ref writer);
        writer.Shape("seed", (long)_seed);
        writer.Shape("bands", _bands);
        writer.Shape("hashes", _buckets.Hashes);
        writer.Shape("candidates", _candidates);
        writer.Shape("recency", _recency);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        base.RestoreLearner(ref reader);
        reader.Shape("seed", (long)_seed);
        reader.Shape("bands", _bands);
        reader.Shape("hashes", _buckets.Hashes);
        reader.Shape("candidates", _candidates);
        reader.Shape("recency", _recency);
    }

    private protected override void Restored() => _baskets.CheckArrivals(ItemColumns.Entities);

    private protected override void DisposeLearner() => _seen.Dispose();

    private static SparseShape Shape(MinHashKnnOptions options, bool ranking) =>
        new(RowLists.BytesOf(options.Basket, weights: false), MinHashBuckets.BytesOf(options.Bands, options.BandHashes), ranking);

    private void CollectCandidates(int item, double recency, SparseScores scores)
    {
        if (++_epoch == 0)
        {
            _seen.AsSpan(0, ItemColumns.Entities.Count).Clear();
            _epoch = 1;
        }

        _seen[item] = _epoch;
        for (int band = 0; band < _bands; band++)
        {
            int other = _buckets.First(item, band);
            for (int left = _candidates; left > 0 && other >= 0; left--, other = _buckets.Next(other, band))
            {
                if (_seen[other] == _epoch || !_buckets.Agree(item, other, band)) continue;
                _seen[other] = _epoch;
                scores.Add(other, recency * _buckets.Similarity(item, other));
            }
        }
    }
}
