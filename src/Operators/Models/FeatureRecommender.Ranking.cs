using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Models;

/// <content>Ranking.</content>
public abstract unsafe partial class FeatureRecommender<T>
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int Rank(in Example example, int depth)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_ranking) throw WithoutRanking();
        int rank = RankRules.LookUp(example, _users, _items, _history!, out int user, out int item);
        if (rank != Ranks.None) return rank;
        GatherUser(example);
        int better = CountBetter(item, _history!.Excluded(user, example.Time), depth);
        GC.KeepAlive(this);
        return RankRules.Conclude(better, depth);
    }

    /// <inheritdoc/>
    /// <remarks>Scores are those that items are ordered by: equal to <see cref="Score"/> up to the rounding of a sum in another order.</remarks>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int TopK(in Example query, Span<ScoredItem> items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_ranking) throw WithoutRanking();
        int user = _users.Find(query.User);
        if (user < 0 || items.IsEmpty) return 0;
        GatherUser(query);
        TopItems best = new(items, _items);
        double common = Collect(_history!.Excluded(user, query.Time), ref best);
        for (int i = 0; i < best.Count; i++) items[i] = items[i] with { Score = common + items[i].Score };
        GC.KeepAlive(this);
        return best.Count;
    }

    CandidateItems ICandidates.Candidates(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_ranking) throw WithoutRanking();
        int user = _users.Find(example.User);
        return new CandidateItems(_items, _history!.Excluded(user, example.Time), _history.ExcludedCount(user), _items.Find(example.Item));
    }

    /// <summary>How many items come before this one for the user's side at hand; stops counting at the limit.</summary>
    private protected abstract int CountBetter(int item, MarkedItems excluded, int limit);

    /// <summary>Offers all items that are not excluded and may be among the best; returns what all scores have in common beyond what they were ordered by.</summary>
    private protected abstract double Collect(MarkedItems excluded, ref TopItems best);

    /// <summary>Looks up and adds up an item that is held, without giving a row to anything.</summary>
    private protected void Look(FeatureSide<T> side, int item)
    {
        Gather(side, item);
        side.Find();
        Compose(side);
    }

    /// <summary>An item that has changed since this was last asked; -1 if there is none.</summary>
    private protected int TakeStale() => _itemFeatures.TakeStale();

    /// <summary>Who has which item row.</summary>
    private protected Numerics.EntityTable ItemRows => _items;

    private static InvalidOperationException WithoutRanking() => new("The model was made without ranking: it keeps no histories.");

    private void GatherUser(in Example example)
    {
        Gather(example);
        UserSide.Find();
        Compose(UserSide);
    }
}
