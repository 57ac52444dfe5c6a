using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// User-based collaborative filtering over what users met last (Herlocker, Konstan, Borchers, Riedl 1999, "An algorithmic framework for performing
/// collaborative
/// filtering"; incrementally as in Miranda, Jorge 2009): nothing is kept of pairs of users, whose overlap is found through the last users of the items when it
/// is asked for.
/// </summary>
/// <remarks>
/// <para>overlap(u, v) = sum of recency^(n-1) over the n-th last items of u that are among the last items of v, and whose last users include v; similarity =
/// overlap /
/// (sqrt(items of u x items of v) + shrinkage), items being those held, up to the basket. The neighbours of u are the most similar users, ties by the first
/// found. score(u, t) = sum
/// over neighbours v with t among their last items, as the n-th, of similarity x recency^(n-1), plus the prior.</para>
/// <para>Learning takes O(audience + basket), ranking O(basket x audience x basket / lanes + neighbours x basket + the user's history + log items). 4 bytes for
/// each user of an item and each item of a user. One caller at a time. State: the prior's, of items their last users by row, of users their last items.</para>
/// </remarks>
public sealed class UserKnn : PriorRecommender
{
    private readonly RowLists _baskets;
    private readonly RowLists _audiences;
    private readonly SparseScores _overlaps;
    private readonly (int User, double Similarity)[] _nearest;
    private readonly double _shrinkage;
    private readonly double _recency;

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="options">Similarity and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public UserKnn(UserKnnOptions options, bool ranking = true)
        : base(options, Shape(options, ranking))
    {
        (_shrinkage, _recency) = (options.Shrinkage, options.Recency);
        _audiences = ItemColumns.Add(new RowLists(ItemColumns.Entities, options.Audience, weights: false));
        _baskets = UserColumns.Add(new RowLists(UserColumns.Entities, options.Basket, weights: false));
        _overlaps = new SparseScores(options.Users);
        _nearest = new (int, double)[options.Neighbours];
    }

    /// <inheritdoc/>
    public override string StateTag => "user-knn";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(UserKnnOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + SparseScores.BytesFor(options.Users) + (16L * options.Neighbours);

    private protected override void Collect(int user, SparseScores scores)
    {
        FindOverlaps(user);
        int found = FindNearest(user);
        EntityTable items = ItemColumns.Entities;
        foreach ((int other, double similarity) in _nearest.AsSpan(0, found))
        {
            double score = similarity;
            foreach (uint met in _baskets.Entries(other))
            {
                int item = items.RowOfSequence(met);
                if (item >= 0) scores.Add(item, score);
                score *= _recency;
            }
        }
    }

    private protected override void Train(int user, int item, in Example example)
    {
        CountPrior(item);
        _audiences.PushFront(item, (uint)user);
        _baskets.PushFront(user, ItemColumns.Entities.Sequence(item));
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        base.SaveLearner(ref writer);
        writer.Shape("neighbours", _nearest.Length);
        writer.Shape("shrinkage", _shrinkage);
        writer.Shape("recency", _recency);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        base.RestoreLearner(ref reader);
        reader.Shape("neighbours", _nearest.Length);
        reader.Shape("shrinkage", _shrinkage);
        reader.Shape("recency", _recency);
    }

    private protected override void Restored()
    {
        _baskets.CheckArrivals(ItemColumns.Entities);
        _audiences.CheckBelow(UserColumns.Entities.Count);
    }

    private protected override void DisposeLearner() => _overlaps.Dispose();

    private static SparseShape Shape(UserKnnOptions options, bool ranking) =>
        new(RowLists.BytesOf(options.Basket, weights: false), RowLists.BytesOf(options.Audience, weights: false), ranking);

    // A row that changed hands is still among the users of items that its new user may not have met: only who has the item among the last counts.
    private void FindOverlaps(int user)
    {
        _overlaps.Clear();
        double recency = 1;
        foreach (uint met in _baskets.Entries(user))
        {
            int item = ItemColumns.Entities.RowOfSequence(met);
            if (item >= 0)
            {
                foreach (uint other in _audiences.Entries(item))
                {
                    if (other != (uint)user && _baskets.Entries((int)other).Contains(met)) _overlaps.Add((int)other, recency);
                }
            }

            recency *= _recency;
        }
    }

    private int FindNearest(int user)
    {
        int found = 0;
        double own = _baskets.Entries(user).Length;
        foreach (int other in _overlaps.Touched)
        {
            double similarity = _overlaps[other] / (Math.Sqrt(own * _baskets.Entries(other).Length) + _shrinkage);
            if (found == _nearest.Length && similarity <= _nearest[found - 1].Similarity) continue;
            int place = found < _nearest.Length ? found++ : found - 1;
            for (; place > 0 && _nearest[place - 1].Similarity < similarity; place--) _nearest[place] = _nearest[place - 1];
            _nearest[place] = (other, similarity);
        }

        return found;
    }
}
