using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// What all recommenders share that score few items for a user and order the others by how often they came, which may be decayed: an item's score is its sparse
/// score for the user (<see cref="SparseScores"/>; 0 for most) plus its tail score, a multiple of the sum of weights of its events. Ranks are exact at any
/// depth: the sparse scores are looked at one by one,
/// the tail by order statistics (<see cref="ScoreOrder"/>).
/// </summary>
/// <remarks>
/// <para>Ranking takes O(sparse scores + the user's history + log items). Sparse scores are made once an event and serve its rank, list and score. One caller
/// at a time.</para>
/// <para>The log loss of an event is -ln((s + a) / (S + a (m + 1))), where the item scores s (at least 0), S is the sum of the sparse scores above 0 and of the
/// tail scores, and m items are known: the item's share of all scores, smoothed by a, which is 1 where scores are counts and 1 / (m + 1) elsewhere.</para>
/// <para>State: whether it ranks, events, the learner's own, items, users, histories, the learner's of users.</para>
/// </remarks>
public abstract partial class SparseRecommender : IImplicitModel, IModelStatistics, ICandidates, IForgetful, IOfferedItems, IRowScores, IDisposable
{
    private const int Nobody = -1;
    private const int Stale = -2;

    private readonly EntityColumns _users;
    private readonly EntityColumns _items;
    private readonly SparseScores _sparse;
    private readonly ScoreOrder _order;
    private readonly SumColumn _sums;
    private readonly InteractionHistory? _history;
    private readonly bool _ranking;
    private double _total;
    private double _tailFactor;
    private int _collected = Stale;
    private bool _disposed;

    private protected SparseRecommender(RecommenderOptions options, SparseShape shape)
    {
        _users = new EntityColumns(options.Users, shape.UserRowBytes, numbersArrivals: false);
        _items = new EntityColumns(options.Items, sizeof(double) + shape.ItemRowBytes);
        (_users.Entities.Eviction, _items.Entities.Eviction) = (options.Eviction, options.Eviction);
        _sparse = new SparseScores(options.Items);
        _order = new ScoreOrder(options.Items);
        _sums = _items.Add(new SumColumn(_items.Entities));
        _ranking = shape.Ranking;
        if (shape.Ranking) _history = new InteractionHistory(options.Users, _items.Entities, options.HistoryEntries);
    }

    /// <inheritdoc/>
    public abstract string StateTag { get; }

    /// <inheritdoc/>
    public int StateVersion => 2;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public long Users => _users.Entities.Held;

    /// <inheritdoc/>
    public long Items => _items.Entities.Count;

    /// <inheritdoc/>
    public long Evictions => _users.Entities.Evictions + _items.Entities.Evictions;

    /// <inheritdoc/>
    public long Resets => 0;

    /// <inheritdoc/>
    public virtual long Truncations => _history?.Truncations ?? 0;

    /// <summary>Users by row; the learner adds its columns.</summary>
    private protected EntityColumns UserColumns => _users;

    /// <summary>Items by row; the learner adds its columns.</summary>
    private protected EntityColumns ItemColumns => _items;

    /// <summary>Events learned from.</summary>
    private protected long Events { get; private set; }

    /// <summary>Sum of the weights of all events.</summary>
    private protected double Total => _total;

    /// <summary>What an item's sum of weights is multiplied by to be its tail score; finite, not negative.</summary>
    private protected abstract double TailFactor { get; }

    /// <summary>What is added to every score before the shares of the log loss are taken.</summary>
    private protected virtual double Smoothing => 1.0 / (_items.Entities.Count + 1);

    /// <inheritdoc/>
    public double Score(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int item = _items.Entities.Find(example.Item);
        if (item < 0) return 0;
        CollectFor(_users.Entities.Find(example.User));
        double score = ScoreOf(item);
        GC.KeepAlive(this);
        return score;
    }

    EntityTable IRowScores.ItemEntities => _items.Entities;

    bool IRowScores.TryScoreAll(ulong user, Span<double> scores)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int row = _users.Entities.Find(user);
        if (row < 0) return false;
        CollectFor(row);
        for (int item = 0; item < _items.Entities.Count; item++) scores[item] = ScoreOf(item);
        GC.KeepAlive(this);
        return true;
    }

    /// <inheritdoc/>
    public void Learn(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!Examples.HasWeight(example) || example.User == EntityKeyCodec.None || example.Item == EntityKeyCodec.None) return;
        int user = _users.FindOrAdd(example.User, out Admission userAdmission);
        int item = _items.FindOrAdd(example.Item, out Admission itemAdmission);
        if (userAdmission != Admission.Known || itemAdmission == Admission.Replaced) _collected = Stale;
        if (itemAdmission == Admission.Replaced && !IsWithheld(item)) _order.Remove(item);
        if (itemAdmission != Admission.Known) _order.Add(item, 0, _items.Entities.Sequence(item));
        if (itemAdmission == Admission.Replaced) _history?.Replaced(item);
        if (userAdmission != Admission.Known)
        {
            _history?.Start(user, truncated: _users.Entities.Evictions > 0);
            Started(user);
        }

        Events++;
        Train(user, item, example);
        _collected = Stale;
        _history?.Add(user, item);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = Score(example);
        CollectFor(_users.Entities.Find(example.User));
        double smoothing = Smoothing, mass = _sparse.Mass + (_tailFactor * _total);
        loss = Math.Max(0, Math.Log((mass + (smoothing * (_items.Entities.Count + 1))) / (Math.Max(0, score) + smoothing)));
        Learn(example);
        return score;
    }

    /// <summary>Erases the user's row and history. What items have of their users is a sum over them, and stays.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _collected = Stale;
        int row = _users.Free(user);
        if (row < 0) return;
        _history?.Forget(row);
        Forgotten(row);
        GC.KeepAlive(this);
    }

    /// <summary>What is withheld leaves the order of the tail, and comes back into it.</summary>
    /// <inheritdoc/>
    public void Offer(ItemCatalogue catalogue) => _history?.Withhold(catalogue, changed: (item, withheld) =>
    {
        if (withheld) _order.Remove(item);
        else _order.Add(item, _sums[item], _items.Entities.Sequence(item));
    });

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        writer.Shape("ranking", _ranking ? 1 : 0);
        writer.Write(Events);
        writer.Write(_total);
        SaveLearner(ref writer);
        writer.WriteLarge(_items);
        writer.WriteLarge(_users);
        _history?.Save(ref writer, _users.Entities.Count);
        SaveUsers(ref writer, _users.Entities.Count);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        reader.Shape("ranking", _ranking ? 1 : 0);
        Events = reader.ReadCount();
        _total = reader.ReadFinite();
        if (_total < 0) throw new StateMismatchException($"The snapshot has {_total} as a sum of weights.");
        RestoreLearner(ref reader);
        _items.Restore(ref reader, frees: false);
        _users.Restore(ref reader, frees: true, hasNumbers: version < 2);
        _history?.Restore(ref reader, _users.Entities.Count);
        RestoreUsers(ref reader, _users.Entities.Count);
        Restored();
        Reorder();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _users.Dispose();
        _items.Dispose();
        _sparse.Dispose();
        _order.Dispose();
        _history?.Dispose();
        DisposeLearner();
        GC.SuppressFinalize(this);
    }

    /// <summary>Most bytes of a model of this shape.</summary>
    private protected static long BytesFor(RecommenderOptions options, SparseShape shape) =>
        EntityColumns.BytesFor(options.Users, shape.UserRowBytes, numbersArrivals: false) + EntityColumns.BytesFor(options.Items, sizeof(double) + shape.ItemRowBytes)
        + SparseScores.BytesFor(options.Items) + ScoreOrder.BytesFor(options.Items)
        + (shape.Ranking ? InteractionHistory.BytesFor(options.Users, options.Items, options.HistoryEntries) : 0);

    /// <summary>Adds the sparse scores of a user. Changes no state; depends on nothing but the state.</summary>
    private protected abstract void Collect(int user, SparseScores scores);

    /// <summary>Learns from an event; both rows were touched, and the user's history does not have it yet.</summary>
    private protected abstract void Train(int user, int item, in Example example);

    /// <summary>The sparse scores of a user as they are before the event that is being learned; to be asked for before anything changes. Valid until then.</summary>
    private protected SparseScores ScoresOf(int user)
    {
        CollectFor(user);
        return _sparse;
    }

    /// <summary>A user is new, and <paramref name="user"/> is its row, which may have been another's.</summary>
    private protected virtual void Started(int user)
    {
    }

    /// <summary>A user's row is given up, and its columns are erased.</summary>
    private protected virtual void Forgotten(int user)
    {
    }

    private protected virtual void SaveLearner(ref StateWriter writer)
    {
    }

    private protected virtual void RestoreLearner(ref StateReader reader)
    {
    }

    /// <summary>Writes what the learner has of so many users beside its columns.</summary>
    private protected virtual void SaveUsers(ref StateWriter writer, int users)
    {
    }

    private protected virtual void RestoreUsers(ref StateReader reader, int users)
    {
    }

    /// <summary>Everything was read: what contradicts itself is refused, what is derived is made.</summary>
    private protected virtual void Restored()
    {
    }

    private protected virtual void DisposeLearner()
    {
    }

    /// <summary>Adds to an item's sum of weights, and to the total. The item was touched.</summary>
    private protected void AddToTail(int item, double weight)
    {
        _total += weight;
        ChangeSum(item, weight);
    }

    /// <summary>Takes a weight that was added away again, from the total alone where the item (-1) is not held any more.</summary>
    private protected void TakeFromTail(int item, double weight)
    {
        _total -= weight;
        if (item < 0) return;
        _items.Entities.Pages.Touch(item);
        ChangeSum(item, -weight);
    }

    /// <summary>Divides all sums of weights by a power of two.</summary>
    private protected void ScaleTail(int shift)
    {
        _total = Math.ScaleB(_total, -shift);
        _sums.Scale(shift);
        Reorder();
    }

    private void ChangeSum(int item, double weight)
    {
        bool isOrdered = !IsWithheld(item);
        if (isOrdered) _order.Remove(item);
        _sums.Add(item, weight);
        if (isOrdered) _order.Add(item, _sums[item], _items.Entities.Sequence(item));
    }

    private void Reorder()
    {
        _order.Clear();
        for (int item = 0; item < _items.Entities.Count; item++)
        {
            if (!IsWithheld(item)) _order.Add(item, _sums[item], _items.Entities.Sequence(item));
        }
    }

    private bool IsWithheld(int item) => _history is not null && _history.IsWithheld(item);

    // Makes the scores of a user, or of one who has no row, unless they are there.
    private void CollectFor(int user)
    {
        if (_collected == user) return;
        _sparse.Clear();
        _tailFactor = TailFactor;
        if (user != Nobody) Collect(user, _sparse);
        _collected = user;
    }

    private double ScoreOf(int item) => _sparse[item] + TailOf(item);

    private double TailOf(int item) => _sums[item] * _tailFactor;
}

/// <summary>What gives a model of sparse scores its memory.</summary>
/// <param name="UserRowBytes">Bytes of the learner's columns for a user.</param>
/// <param name="ItemRowBytes">Bytes of the learner's columns for an item.</param>
/// <param name="Ranking">Whether it keeps what ranks need.</param>
internal readonly record struct SparseShape(int UserRowBytes, int ItemRowBytes, bool Ranking);
