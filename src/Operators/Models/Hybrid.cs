using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Mixes what is listed of items with who met what, by how much is known of both: a weighted hybrid (Burke 2002, "Hybrid recommender systems: survey and experiments", section 3.1) whose weight grows with the
/// events of the user and of the item.
/// </summary>
/// <remarks>
/// <para>score(u, i) = k(u, i) + content weight x (1 - w) x c(u, i), with w = n_u / (n_u + user shrinkage) x n_i / (n_i + item shrinkage), n the events of each so far; c and k are the scores of <see cref="Content{T}"/> and of the
/// other model, each less its mean over all items for this user and over its standard deviation (0 where that is 0). k is not multiplied by w: what it says of items that few have met is better than nothing, and multiplying lost
/// hits among them. 0 for a user or an item not seen. The log loss of an event is -ln of the logistic function of the score, at most -ln 1e-6.</para>
/// <para>Scoring takes O(items x dimensions), once an event: all items are scored. 40 bytes an item beside those of the two models. One caller at a time. State: events by user and item, histories, both models.</para>
/// </remarks>
public sealed class Hybrid : IImplicitModel, IModelStatistics, ICandidates, IForgetful, IOfferedItems, IDisposable
{
    private readonly EntityColumns _users;
    private readonly EntityColumns _items;
    private readonly SumColumn _userEvents;
    private readonly SumColumn _itemEvents;
    private readonly Content<float> _content;
    private readonly IImplicitModel _other;
    private readonly InteractionHistory? _history;
    private readonly NativeBuffer<double> _scores;
    private readonly NativeBuffer<double> _others;
    private readonly double _contentWeight;
    private readonly double _userShrinkage;
    private readonly double _itemShrinkage;
    private ulong _scored;
    private bool _disposed;

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="options">The parts and their weights.</param>
    /// <param name="catalogue">The features of items.</param>
    /// <param name="seed">Seed of the other model.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Hybrid(HybridOptions options, ItemCatalogue catalogue, ulong seed, bool ranking = true)
    {
        (_contentWeight, _userShrinkage, _itemShrinkage) = (options.ContentWeight, options.UserShrinkage, options.ItemShrinkage);
        _users = new EntityColumns(options.Users, sizeof(double), numbersArrivals: false);
        _items = new EntityColumns(options.Items, sizeof(double));
        (_users.Entities.Eviction, _items.Entities.Eviction) = (options.Eviction, options.Eviction);
        _userEvents = _users.Add(new SumColumn(_users.Entities));
        _itemEvents = _items.Add(new SumColumn(_items.Entities));
        _content = new Content<float>(ContentOf(options), catalogue, ranking: false);
        _other = options.Collaborative switch
        {
            HybridPart.UserKnn => new UserKnn(Bounded(new UserKnnOptions(), options), ranking: false),
            HybridPart.Isgd => new Isgd<float>(Bounded(new IsgdOptions(), options), seed, ranking: false),
            HybridPart.Warp => new Warp<float>(Bounded(new WarpOptions(), options), seed, ranking: false),
            _ => new ItemKnn(Bounded(new ItemKnnOptions(), options), ranking: false),
        };
        (_scores, _others) = (new NativeBuffer<double>(options.Items), new NativeBuffer<double>(options.Items));
        if (ranking) _history = new InteractionHistory(options.Users, _items.Entities, options.HistoryEntries);
    }

    /// <inheritdoc/>
    public string StateTag => "hybrid";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public long Users => _users.Entities.Held;

    /// <inheritdoc/>
    public long Items => _items.Entities.Count;

    /// <inheritdoc/>
    public long Evictions => _users.Entities.Evictions + _items.Entities.Evictions;

    /// <inheritdoc/>
    public long Resets => _content.Resets + ((IModelStatistics)_other).Resets;

    /// <inheritdoc/>
    public long Truncations => (_history?.Truncations ?? 0) + ((IModelStatistics)_other).Truncations;

    /// <summary>Most bytes it takes; the catalogue excepted, which all stages share.</summary>
    public static long BytesFor(HybridOptions options, ItemCatalogue catalogue, bool ranking) =>
        EntityColumns.BytesFor(options.Users, sizeof(double), numbersArrivals: false) + EntityColumns.BytesFor(options.Items, sizeof(double)) + (2L * sizeof(double) * options.Items)
        + Content<float>.BytesFor(ContentOf(options), catalogue, ranking: false)
        + options.Collaborative switch
        {
            HybridPart.UserKnn => UserKnn.BytesFor(Bounded(new UserKnnOptions(), options), ranking: false),
            HybridPart.Isgd => Isgd<float>.BytesFor(Bounded(new IsgdOptions(), options), ranking: false),
            HybridPart.Warp => Warp<float>.BytesFor(Bounded(new WarpOptions(), options), ranking: false),
            _ => ItemKnn.BytesFor(Bounded(new ItemKnnOptions(), options), ranking: false),
        }
        + (ranking ? InteractionHistory.BytesFor(options.Users, options.Items, options.HistoryEntries) : 0);

    /// <inheritdoc/>
    public double Score(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int item = _items.Entities.Find(example.Item);
        double score = item < 0 || !TryScoreAll(example.User) ? 0 : _scores[item];
        GC.KeepAlive(this);
        return score;
    }

    /// <inheritdoc/>
    public void Learn(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!Examples.HasWeight(example) || example.User == EntityKeyCodec.None || example.Item == EntityKeyCodec.None) return;
        _scored = EntityKeyCodec.None;
        int user = _users.FindOrAdd(example.User, out Admission userAdmission);
        int item = _items.FindOrAdd(example.Item, out Admission itemAdmission);
        if (userAdmission != Admission.Known) _history?.Start(user, truncated: _users.Entities.Evictions > 0);
        if (itemAdmission == Admission.Replaced) _history?.Replaced(item);
        _userEvents.Add(user, 1);
        _itemEvents.Add(item, 1);
        _content.Learn(example);
        _other.Learn(example);
        _history?.Add(user, item);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = Score(example);
        loss = -Math.Log(Math.Max(PortableMath.Logistic(score), 1e-6));
        Learn(example);
        return score;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int Rank(in Example example, int depth)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_history is null) throw WithoutRanking();
        int rank = RankRules.LookUp(example, _users.Entities, _items.Entities, _history, out int user, out int item);
        if (rank != Ranks.None) return rank;
        TryScoreAll(example.User);
        MarkedItems excluded = _history.Excluded(user, example.Time);
        ReadOnlySpan<double> scores = _scores.AsSpan(0, _items.Entities.Count);
        double own = scores[item];
        int better = 0;
        for (int other = 0; other < scores.Length && better < depth; other++)
        {
            double score = scores[other];
            if (score < own || other == item || excluded.Contains(other)) continue;
            if (score > own || other < item) better++;
        }

        GC.KeepAlive(this);
        return RankRules.Conclude(better, depth);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int TopK(in Example query, Span<ScoredItem> items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_history is null) throw WithoutRanking();
        int user = _users.Entities.Find(query.User);
        if (user < 0 || items.IsEmpty) return 0;
        TryScoreAll(query.User);
        MarkedItems excluded = _history.Excluded(user, query.Time);
        TopItems best = new(items, _items.Entities);
        for (int item = 0; item < _items.Entities.Count; item++)
        {
            if (!excluded.Contains(item)) best.Offer(item, _scores[item]);
        }

        GC.KeepAlive(this);
        return best.Count;
    }

    CandidateItems ICandidates.Candidates(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_history is null) throw WithoutRanking();
        int user = _users.Entities.Find(example.User);
        return new CandidateItems(_items.Entities, _history.Excluded(user, example.Time), _history.ExcludedCount(user), _items.Entities.Find(example.Item));
    }

    /// <inheritdoc/>
    public void Offer(ItemCatalogue catalogue) => _history?.Withhold(catalogue);

    /// <summary>Erases what both parts have of the user, its count and its history.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _scored = EntityKeyCodec.None;
        int row = _users.Free(user);
        if (row >= 0) _history?.Forget(row);
        _content.Forget(user);
        ((IForgetful)_other).Forget(user);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
        _content.Freeze(epoch);
        _other.Freeze(epoch);
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        writer.Shape("ranking", _history is null ? 0 : 1);
        writer.Shape("collaborative", _other.StateTag);
        writer.Shape("content weight", _contentWeight);
        writer.Shape("user shrinkage", _userShrinkage);
        writer.Shape("item shrinkage", _itemShrinkage);
        writer.WriteLarge(_items);
        writer.WriteLarge(_users);
        _history?.Save(ref writer, _users.Entities.Count);
        _content.Save(ref writer);
        _other.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        reader.Shape("ranking", _history is null ? 0 : 1);
        reader.Shape("collaborative", _other.StateTag);
        reader.Shape("content weight", _contentWeight);
        reader.Shape("user shrinkage", _userShrinkage);
        reader.Shape("item shrinkage", _itemShrinkage);
        _items.Restore(ref reader, frees: false);
        _users.Restore(ref reader, frees: true, hasNumbers: false);
        _history?.Restore(ref reader, _users.Entities.Count);
        _content.Restore(ref reader, _content.StateVersion);
        _other.Restore(ref reader, _other.StateVersion);
        CheckRows(((IRowScores)_content).ItemEntities);
        CheckRows(((IRowScores)_other).ItemEntities);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _users.Dispose();
        _items.Dispose();
        _content.Dispose();
        ((IDisposable)_other).Dispose();
        _scores.Dispose();
        _others.Dispose();
        _history?.Dispose();
    }

    // All three tables have seen the same keys in the same order, and are of one capacity: an item has the same row in each.
    private void CheckRows(EntityTable items)
    {
        if (items.Count != _items.Entities.Count) throw new StateMismatchException($"The snapshot has {items.Count} items in one part of the model and {_items.Entities.Count} in another.");
        for (int row = 0; row < items.Count; row++)
        {
            if (items.Key(row) != _items.Entities.Key(row)) throw new StateMismatchException($"The snapshot has different items in row {row} of the parts of the model.");
        }
    }

    // Makes the scores of all items for a user, unless they are there; false for a user who is not held.
    private bool TryScoreAll(ulong user)
    {
        if (_scored == user && user != EntityKeyCodec.None) return true;
        int row = _users.Entities.Find(user);
        if (row < 0) return false;
        int count = _items.Entities.Count;
        Span<double> scores = _scores.AsSpan(0, count), others = _others.AsSpan(0, count);
        if (!((IRowScores)_content).TryScoreAll(user, scores)) scores.Clear();
        if (!((IRowScores)_other).TryScoreAll(user, others)) others.Clear();
        Standardize(scores);
        Standardize(others);
        double known = Share(_userEvents[row], _userShrinkage);
        for (int item = 0; item < count; item++)
        {
            double weight = _contentWeight * (1 - (known * Share(_itemEvents[item], _itemShrinkage)));
            scores[item] = (weight * scores[item]) + others[item];
        }

        _scored = user;
        return true;
    }

    private static double Share(double events, double shrinkage) => events > 0 ? events / (events + shrinkage) : 0;

    private static void Standardize(Span<double> scores)
    {
        double mean = 0, square = 0;
        foreach (double score in scores) mean += score;
        mean /= Math.Max(1, scores.Length);
        foreach (double score in scores) square += (score - mean) * (score - mean);
        double deviation = Math.Sqrt(square / Math.Max(1, scores.Length)), scale = deviation > 1e-12 && double.IsFinite(deviation) ? 1 / deviation : 0;
        if (scale == 0) scores.Clear();
        else foreach (ref double score in scores) score = (score - mean) * scale;
    }

    private static ContentOptions ContentOf(HybridOptions options) =>
        Bounded(new ContentOptions { Dimensions = options.Dimensions, HalfLife = options.HalfLife, Idf = options.Idf }, options);

    private static TOptions Bounded<TOptions>(TOptions part, HybridOptions options)
        where TOptions : RecommenderOptions
    {
        (part.Users, part.Items, part.HistoryEntries, part.Eviction) = (options.Users, options.Items, options.HistoryEntries, options.Eviction);
        return part;
    }

    private static InvalidOperationException WithoutRanking() => new("The model was made without ranking: it keeps no histories.");
}
