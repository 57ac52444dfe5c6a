using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Scores an item by how often it came: what every recommender must beat. Ranks are exact at any depth, by order statistics: the items that came more
/// often, and those that came
/// as often and earlier, less those in the user's history.
/// </summary>
/// <remarks>
/// Learning is O(1), ranking O(the user's history + ties / 16); O(items before + ties) where items are offered for a part of the time only. One caller at a time. The log loss of an event is -ln((c + 1) / (n + m + 1)), where the
/// item came c times in n
/// events and m items are known: the share that the next event has, smoothed by one. State: users, items, times by item row, histories.
/// </remarks>
public sealed class Popularity : IImplicitModel, IModelStatistics, ICandidates, IForgetful, IOfferedItems, IDisposable
{
    private readonly EntityTable _users;
    private readonly EntityTable _items;
    private readonly PopularityOrder _order;
    private readonly ItemTimes _times;
    private readonly InteractionHistory? _history;
    private long _events;
    private bool _disposed;

    /// <summary>A model that has counted nothing.</summary>
    /// <param name="options">Bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Popularity(PopularityOptions options, bool ranking = true)
    {
        _users = new EntityTable(options.Users, 0, numbersArrivals: false);
        _items = new EntityTable(options.Items, sizeof(long));
        (_users.Eviction, _items.Eviction) = (options.Eviction, options.Eviction);
        _order = new PopularityOrder(options.Items);
        _times = new ItemTimes(_items, _order);
        if (ranking) _history = new InteractionHistory(options.Users, _items, options.HistoryEntries);
    }

    /// <inheritdoc/>
    public string StateTag => "popularity";

    /// <inheritdoc/>
    public int StateVersion => 2;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public long Users => _users.Held;

    /// <inheritdoc/>
    public long Items => _items.Count;

    /// <inheritdoc/>
    public long Evictions => _users.Evictions + _items.Evictions;

    /// <inheritdoc/>
    public long Resets => 0;

    /// <inheritdoc/>
    public long Truncations => _history?.Truncations ?? 0;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(PopularityOptions options, bool ranking) =>
        EntityTable.BytesFor(options.Users, 0, numbersArrivals: false) + EntityTable.BytesFor(options.Items, sizeof(long)) + PopularityOrder.BytesFor(options.Items)
        + (ranking ? InteractionHistory.BytesFor(options.Users, options.Items, options.HistoryEntries) : 0);

    /// <inheritdoc/>
    public double Score(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        double times = _items.Find(example.Item) is >= 0 and int item ? _order.Times(item) : 0;
        GC.KeepAlive(this);
        return times;
    }

    /// <inheritdoc/>
    public void Learn(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!Examples.HasWeight(example) || example.User == EntityKeyCodec.None || example.Item == EntityKeyCodec.None) return;
        int user = _users.FindOrAdd(example.User, out Admission userAdmission);
        int item = _items.FindOrAdd(example.Item, out Admission itemAdmission);
        if (itemAdmission == Admission.Replaced) _order.Remove(item);
        if (itemAdmission == Admission.Known) _order.Increment(item);
        else _order.Append(item, 1);
        _events++;
        if (_history is null) return;
        if (userAdmission != Admission.Known) _history.Start(user, truncated: _users.Evictions > 0);
        if (itemAdmission == Admission.Replaced) _history.Replaced(item);
        _history.Add(user, item);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = Score(example);
        loss = Math.Log((_events + _items.Count + 1.0) / (score + 1));
        Learn(example);
        return score;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int Rank(in Example example, int depth)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_history is null) throw WithoutRanking();
        int rank = RankRules.LookUp(example, _users, _items, _history, out int user, out int item);
        if (rank != Ranks.None) return rank;
        if (_history.Withholds) return RankRules.Conclude(CountOffered(item, _history.Excluded(user, example.Time), depth), depth);
        int above = _order.Above(item), met = _history.CountOf(user);
        if (above - met >= depth) return Ranks.Beyond;
        int better = above <= met ? CountNew(above, _history.Mark(user), depth) : above - CountMet(user, item, tied: false);
        if (better < depth) better += _order.TiesBefore(item) - CountMet(user, item, tied: true);
        GC.KeepAlive(this);
        return RankRules.Conclude(better, depth);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model was made without ranking.</exception>
    public int TopK(in Example query, Span<ScoredItem> items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_history is null) throw WithoutRanking();
        int row = _users.Find(query.User);
        if (row < 0 || items.IsEmpty) return 0;
        MarkedItems excluded = _history.Excluded(row, query.Time);
        TopItems best = new(items, _items);
        for (int place = 0; place < _order.Count; place++)
        {
            int item = _order.ItemAt(place);
            long times = _order.Times(item);
            if (best.IsFull && times < best.Worst) break;
            if (!excluded.Contains(item)) best.Offer(item, times);
        }

        GC.KeepAlive(this);
        return best.Count;
    }

    CandidateItems ICandidates.Candidates(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_history is null) throw WithoutRanking();
        int user = _users.Find(example.User);
        return new CandidateItems(_items, _history.Excluded(user, example.Time), _history.ExcludedCount(user), _items.Find(example.Item));
    }

    /// <summary>Erases the user's place and history. How often items came stays: it is a sum over all users.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int row = _users.Free(user);
        if (row >= 0) _history?.Forget(row);
    }

    /// <inheritdoc/>
    public void Offer(ItemCatalogue catalogue) => _history?.Withhold(catalogue);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        writer.Shape("ranking", _history is null ? 0 : 1);
        writer.Write(_events);
        _users.Save(ref writer);
        writer.WriteLarge(_times);
        _history?.Save(ref writer, _users.Count);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        reader.Shape("ranking", _history is null ? 0 : 1);
        _events = reader.ReadCount();
        _users.Restore(ref reader, frees: true, hasNumbers: version < 2);
        _items.Restore(ref reader);
        long[] times = new long[_items.Count];
        for (int item = 0; item < times.Length; item++)
        {
            times[item] = reader.ReadCount();
            if (times[item] < 1 || times[item] > _events) throw new StateMismatchException($"The snapshot has an item that came {times[item]} times in {_events} events.");
        }

        int[] byTimes = new int[times.Length];
        for (int item = 0; item < byTimes.Length; item++) byTimes[item] = item;
        Array.Sort(byTimes, (a, b) => times[a] != times[b] ? times[b].CompareTo(times[a]) : a.CompareTo(b));
        foreach (int item in byTimes) _order.Append(item, times[item]);
        _history?.Restore(ref reader, _users.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _users.Dispose();
        _items.Dispose();
        _order.Dispose();
        _history?.Dispose();
    }

    /// <summary>How many of the first items in the order are not in the set; stops at <paramref name="limit"/>.</summary>
    private int CountNew(int places, MarkedItems excluded, int limit)
    {
        int count = 0;
        for (int place = 0; place < places && count < limit; place++)
        {
            if (!excluded.Contains(_order.ItemAt(place))) count++;
        }

        return count;
    }

    /// <summary>How many items that are not in the set come before <paramref name="item"/>, one by one; stops at <paramref name="limit"/>.</summary>
    private int CountOffered(int item, MarkedItems excluded, int limit)
    {
        int place = _order.Above(item), count = CountNew(place, excluded, limit);
        long times = _order.Times(item);
        for (; place < _order.Count && count < limit; place++)
        {
            int other = _order.ItemAt(place);
            if (_order.Times(other) < times) break;
            if (other < item && !excluded.Contains(other)) count++;
        }

        return count;
    }

    /// <summary>How many items of the user's history came more often than <paramref name="item"/>, or as often and arrived earlier.</summary>
    private int CountMet(int user, int item, bool tied)
    {
        int count = 0;
        long times = _order.Times(item);
        foreach (int other in _history!.Of(user))
        {
            long theirs = _order.Times(other);
            if (tied ? theirs == times && other < item : theirs > times) count++;
        }

        return count;
    }

    private static InvalidOperationException WithoutRanking() => new("The model was made without ranking: it keeps no histories.");
}
