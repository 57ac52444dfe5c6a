using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Models;

/// <content>Ranking.</content>
public abstract partial class SparseRecommender
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int Rank(in Example example, int depth)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_ranking || _history is null) throw WithoutRanking();
        int rank = RankRules.LookUp(example, _users.Entities, _items.Entities, _history, out int user, out int item);
        if (rank != Abstractions.Learning.Ranks.None) return rank;
        CollectFor(user);
        rank = RankRules.Conclude(CountBetter(user, item, _history.Excluded(user, example.Time), depth), depth);
        GC.KeepAlive(this);
        return rank;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int TopK(in Example query, Span<ScoredItem> items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_ranking || _history is null) throw WithoutRanking();
        int row = _users.Entities.Find(query.User);
        if (row < 0 || items.IsEmpty) return 0;
        CollectFor(row);
        MarkedItems excluded = _history.Excluded(row, query.Time);
        TopItems best = new(items, _items.Entities);
        foreach (int item in _sparse.Touched)
        {
            if (!excluded.Contains(item)) best.Offer(item, ScoreOf(item));
        }

        int place = 0;
        while (place < _order.Count)
        {
            int item = _order.ItemAt(place++);
            double tail = TailOf(item);
            if (best.IsFull && tail < best.Worst) break;
            if (excluded.Contains(item) || _sparse[item] != 0) continue;
            // Who comes later with the same sum arrived later, and is not taken either.
            if (!best.Offer(item, tail)) place = _order.EndOf(_order.Score(item));
        }

        GC.KeepAlive(this);
        return best.Count;
    }

    CandidateItems ICandidates.Candidates(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_ranking || _history is null) throw WithoutRanking();
        int user = _users.Entities.Find(example.User);
        return new CandidateItems(_items.Entities, _history.Excluded(user, example.Time), _history.ExcludedCount(user), _items.Entities.Find(example.Item));
    }

    // The tail counts as if it were all, and then less those of it that are no candidates or that have a sparse score. Rows are in the order of arrival: after an
    // eviction nobody asks.
    private int CountBetter(int user, int item, MarkedItems excluded, int limit)
    {
        double score = ScoreOf(item);
        int better = 0, hidden = 0;
        foreach (int other in _sparse.Touched)
        {
            if (excluded.Contains(other)) continue;
            if (other != item && IsBefore(ScoreOf(other), other, score, item)) better++;
            if (IsBefore(TailOf(other), other, score, item)) hidden++;
        }

        if (better >= limit) return better;
        better += CountTail(score, item) - hidden;
        if (better - _history!.CountOf(user) >= limit) return limit;
        foreach (int other in _history.Of(user))
        {
            if (!IsWithheld(other) && IsBefore(TailOf(other), other, score, item)) better--;
        }

        return better;
    }

    // How many items come before this one by their tail scores. Sums that differ may have the same product: each such sum is a block of its own in the order.
    private int CountTail(double score, int item)
    {
        int place = _order.CountAbove(score, _tailFactor), count = place;
        while (place < _order.Count)
        {
            double sum = _order.Score(_order.ItemAt(place));
            if (!(sum * _tailFactor).Equals(score)) break;
            count += _order.CountBefore(sum, (ulong)item) - place;
            place = _order.EndOf(sum);
        }

        return count;
    }

    private static bool IsBefore(double score, int item, double other, int otherItem) => score > other || (score.Equals(other) && item < otherItem);

    private static InvalidOperationException WithoutRanking() => new("The model was made without ranking: it keeps no histories.");
}
