using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Models;

/// <content>Ranking.</content>
public abstract unsafe partial class FactorRecommender<T>
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int Rank(in Example example, int depth)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_ranker is null || _history is null) throw WithoutRanking();
        int rank = RankRules.LookUp(example, UserTable.Entities, ItemTable.Entities, _history, out int user, out int item);
        if (rank != Ranks.None) return rank;
        PrepareRanking(example);
        T* p = RankingRow(user);
        T score = _ranker.Score(p, ItemTable.Row(item), RankingBias(item));
        int better = _ranker.CountBetter(p, item, score, ItemTable.Entities.Count, _history.Excluded(user, example.Time), depth);
        GC.KeepAlive(this);
        return RankRules.Conclude(better, depth);
    }

    /// <inheritdoc/>
    /// <remarks>Scores are those that items are ordered by: equal to <see cref="Score"/> up to the rounding of a sum in another order.</remarks>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int TopK(in Example query, Span<ScoredItem> items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_ranker is null || _history is null) throw WithoutRanking();
        int row = UserTable.Entities.Find(query.User);
        if (row < 0 || items.IsEmpty) return 0;
        PrepareRanking(query);
        TopItems best = new(items, ItemTable.Entities);
        _ranker.Collect(RankingRow(row), ItemTable.Entities, _history.Excluded(row, query.Time), ref best);
        OfferMore(row, query.Time, ref best);
        for (int i = 0; i < best.Count; i++) items[i] = items[i] with { Score = ListedScore(row, items[i].Score) };
        GC.KeepAlive(this);
        return best.Count;
    }

    CandidateItems ICandidates.Candidates(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_ranker is null || _history is null) throw WithoutRanking();
        int user = UserTable.Entities.Find(example.User);
        return new CandidateItems(ItemTable.Entities, _history.Excluded(user, example.Time), _history.ExcludedCount(user), ItemTable.Entities.Find(example.Item));
    }

    /// <summary>Called before items are ordered for an example: the place to have all refreshed that depends on when that is.</summary>
    private protected virtual void PrepareRanking(in Example example)
    {
    }

    /// <summary>The row whose products with items' rows order them for the user.</summary>
    private protected virtual T* RankingRow(int user) => UserTable.Row(user);

    /// <summary>What is added to the product for the item.</summary>
    private protected virtual double RankingBias(int item) => ItemTable.Bias(item);

    /// <summary>The score of an item that the ranker gives this one for a user.</summary>
    private protected virtual double ListedScore(int user, double ranked) => CommonScore(user) + ranked;

    /// <summary>Offers items that have no row, with what would be the ranker's scores.</summary>
    private protected virtual void OfferMore(int user, long time, ref TopItems best)
    {
    }

    private static InvalidOperationException WithoutRanking() => new("The model was made without ranking: it keeps no histories.");
}
