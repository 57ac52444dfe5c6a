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
        T* p = UserTable.Row(user);
        T score = _ranker.Score(p, ItemTable.Row(item), ItemTable.Bias(item));
        int better = _ranker.CountBetter(p, item, score, ItemTable.Entities.Count, _history.Mark(user), depth);
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
        TopItems best = new(items, ItemTable.Entities);
        _ranker.Collect(UserTable.Row(row), ItemTable.Entities, _history.Mark(row), ref best);
        double common = CommonScore(row);
        for (int i = 0; i < best.Count; i++) items[i] = items[i] with { Score = common + items[i].Score };
        GC.KeepAlive(this);
        return best.Count;
    }

    CandidateItems ICandidates.Candidates(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_ranker is null || _history is null) throw WithoutRanking();
        int user = UserTable.Entities.Find(example.User);
        return new CandidateItems(ItemTable.Entities, _history.Mark(user), _history.CountOf(user), ItemTable.Entities.Find(example.Item));
    }

    private static InvalidOperationException WithoutRanking() => new("The model was made without ranking: it keeps no histories.");
}
