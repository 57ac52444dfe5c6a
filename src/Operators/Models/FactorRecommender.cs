using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// What all learners by user and item factors share: the tables, scoring of entities not seen yet, ranking, and state. What differs is how two rows
/// make a score and how they learn.
/// </summary>
/// <remarks>
/// An entity not seen yet scores with the row it would start with, and gets it when it is first learned from. One look-up for each entity and event.
/// Time O(factors) an event, ranks excepted. One caller at a time. State: shape, the learner's own, users, items, histories, what the learner keeps by row, sightings of those who wait for a row, its re-fits.
/// </remarks>
public abstract unsafe partial class FactorRecommender<T> : IRecommender, IModelStatistics, IPrefetchable, ICandidates, IForgetful, IOfferedItems, IFactorModel, IRowScores, IRefitted, IRefitModel<T>, IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeBuffer<T> _unseen;
    private readonly LazyRanker<T>? _ranker;
    private readonly InteractionHistory? _history;
    private readonly int _factors;
    private readonly bool _isPacked;
    private bool _disposed;

    private protected FactorRecommender(RecommenderOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, FactorShape shape)
    {
        UserTable = Table(options.Users, shape.Factors, userRows, shape.UserSeconds, numbersArrivals: false, shape.Precision);
        ItemTable = Table(options.Items, shape.Factors, itemRows, shape.ItemSeconds, numbersArrivals: true, shape.Precision);
        (UserTable.Entities.Eviction, ItemTable.Entities.Eviction) = (options.Eviction, options.Eviction);
        (_factors, _isPacked) = (shape.Factors, UserTable.IsPacked);
        Stride = FactorKernel<T>.Stride(shape.Factors);
        _unseen = new NativeBuffer<T>((long)UserTable.Stride + ItemTable.Stride);
        if (shape.Ranking) _ranker = new LazyRanker<T>(options.Items, shape.Factors, shape.Biases, shape.Distance);
        if (shape.Ranking || shape.Histories) _history = new InteractionHistory(options.Users, ItemTable.Entities, options.HistoryEntries);
        if (AdmissionOf(options) is not { } admission) return;
        (_userAdmission, _itemAdmission) = (new RowAdmission(UserTable.Entities, admission, UserSightings), new RowAdmission(ItemTable.Entities, admission, ItemSightings));
        _history?.Withhold(ItemCatalogue.Empty, hasBuckets: true);
    }

    /// <inheritdoc/>
    public abstract string StateTag { get; }

    /// <inheritdoc/>
    public int StateVersion => 2;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public long Users => UserTable.Entities.Held - (_userAdmission?.Buckets ?? 0);

    /// <inheritdoc/>
    public long Items => ItemTable.Entities.Count - (_itemAdmission?.Buckets ?? 0);

    /// <inheritdoc/>
    public long Evictions => UserTable.Entities.Evictions + ItemTable.Entities.Evictions;

    /// <inheritdoc/>
    public long Resets => UserTable.Resets + ItemTable.Resets;

    /// <inheritdoc/>
    public long Truncations => _history?.Truncations ?? 0;

    /// <inheritdoc/>
    public virtual double Intercept => 0;

    /// <inheritdoc/>
    public IFactorRows UserRows => new LeadingFactors(UserTable, _factors);

    /// <inheritdoc/>
    public IFactorRows ItemRows => new LeadingFactors(ItemTable, _factors);

    private protected EmbeddingTable<T> UserTable { get; }

    private protected EmbeddingTable<T> ItemTable { get; }

    /// <summary>Elements of a row's factors, padding included; where rows have seconds, those begin behind it.</summary>
    private protected int Stride { get; }

    /// <summary>The users' histories, without the event that is being learned; there are none without ranking, unless the shape asks for them.</summary>
    private protected InteractionHistory? History => _history;

    /// <inheritdoc/>
    public double Score(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int user = RowOf(UserTable, _userAdmission, example.User), item = RowOf(ItemTable, _itemAdmission, example.Item);
        T* p = user >= 0 ? UserTable.Row(user) : Unseen(UserTable, example.User, _unseen.Pointer);
        T* q = item >= 0 ? ItemTable.Row(item) : Unseen(ItemTable, example.Item, _unseen.Pointer + UserTable.Stride);
        double score = Predict(example, p, q, user, item);
        GC.KeepAlive(this);
        return score;
    }

    /// <inheritdoc/>
    public void Learn(in Example example)
    {
        if (IsLearned(example)) Admit(example);
    }

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example) => IsLearned(example) ? Admit(example) : Score(example);

    EntityTable IRowScores.ItemEntities => ItemTable.Entities;

    bool IRowScores.TryScoreAll(ulong user, Span<double> scores)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int row = UserTable.Entities.Find(user);
        if (row < 0) return false;
        ScoreAll(row, scores);
        GC.KeepAlive(this);
        return true;
    }

    void IPrefetchable.Prefetch(ulong user, ulong item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        UserTable.Prefetch(user);
        ItemTable.Prefetch(item);
    }

    /// <summary>
    /// Erases the user's factors, bias and history; scores for them are those of a user not seen yet. What items and the mean have learned of them stays: it is a sum over all
    /// users.
    /// </summary>
    /// <inheritdoc/>
    public void Forget(ulong user)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _refit?.Begin();
        int row = UserTable.Free(user);
        if (row >= 0) _history?.Forget(row);
        if (row >= 0) _refit?.Forget(row);
        _refit?.End();
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Offer(ItemCatalogue catalogue) => _history?.Withhold(catalogue, hasBuckets: _itemAdmission is not null);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        writer.Shape("ranking", _ranker is null ? 0 : 1);
        SaveLearner(ref writer);
        UserTable.Save(ref writer);
        ItemTable.Save(ref writer);
        _history?.Save(ref writer, UserTable.Entities.Count);
        SaveByRow(ref writer);
        SaveAdmission(ref writer);
        _refit?.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        reader.Shape("ranking", _ranker is null ? 0 : 1);
        RestoreLearner(ref reader);
        UserTable.Restore(ref reader, frees: true, hasNumbers: version < 2);
        ItemTable.Restore(ref reader);
        _history?.Restore(ref reader, UserTable.Entities.Count);
        RestoreByRow(ref reader);
        RestoreAdmission(ref reader);
        _refit?.Restore(ref reader);
        RefreshAll();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        DisposeLearner();
        DisposeAdmission();
        _refit?.Dispose();
        UserTable.Dispose();
        ItemTable.Dispose();
        _unseen.Dispose();
        _ranker?.Dispose();
        _history?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Most bytes of a model of this shape.</summary>
    private protected static long BytesFor(RecommenderOptions options, FactorShape shape)
    {
        long tables = EmbeddingTable<T>.BytesFor(options.Users, Width(shape.Factors, shape.UserSeconds), numbersArrivals: false, shape.Precision)
            + EmbeddingTable<T>.BytesFor(options.Items, Width(shape.Factors, shape.ItemSeconds), numbersArrivals: true, shape.Precision);
        if (shape.Ranking) tables += LazyRanker<T>.BytesFor(options.Items, shape.Factors, shape.Biases);
        if (shape.Ranking || shape.Histories) tables += InteractionHistory.BytesFor(options.Users, options.Items, options.HistoryEntries);
        return AdmissionOf(options) is { } admission ? tables + (2 * RowAdmission.BytesFor(admission)) : tables;
    }

    /// <summary>Whether something can be learned from the example.</summary>
    private protected abstract bool Learns(in Example example);

    /// <summary>The score that two rows and biases make.</summary>
    private protected abstract double Predict(T* p, T* q, double userBias, double itemBias);

    /// <summary>Writes the score of every item that is held, up to rounding.</summary>
    private protected virtual void ScoreAll(int user, Span<double> scores)
    {
        T* p = UserTable.Row(user);
        for (int item = 0; item < ItemTable.Entities.Count; item++) scores[item] = Predict(p, ItemTable.Row(item), UserTable.Bias(user), ItemTable.Bias(item));
    }

    /// <summary>The score of an example by rows that are there or, where the number is -1, would be if the entity came.</summary>
    private protected virtual double Predict(in Example example, T* p, T* q, int user, int item) =>
        Predict(p, q, user >= 0 ? UserTable.Bias(user) : 0, item >= 0 ? ItemTable.Bias(item) : 0);

    /// <summary>Learns; returns what <see cref="Score"/> would have returned before.</summary>
    private protected abstract double Train(int user, int item, in Example example);

    /// <summary>What the score of every item for this user has in common beyond what the ranker adds up.</summary>
    private protected abstract double CommonScore(int user);

    /// <summary>Sets back what a step has lost.</summary>
    private protected void Repair(StepOutcome outcome, int user, int item)
    {
        if (outcome.HasFlag(StepOutcome.FirstRowLost)) UserTable.Reset(user);
        if (outcome.HasFlag(StepOutcome.SecondRowLost)) ItemTable.Reset(item);
    }

    private protected abstract void SaveLearner(ref StateWriter writer);

    private protected abstract void RestoreLearner(ref StateReader reader);

    /// <summary>Writes what the learner keeps for each row: it comes last, so that the tables are there when it is read.</summary>
    private protected virtual void SaveByRow(ref StateWriter writer)
    {
    }

    private protected virtual void RestoreByRow(ref StateReader reader)
    {
    }

    /// <summary>Gives back what the learner itself has taken.</summary>
    private protected virtual void DisposeLearner()
    {
    }

    /// <summary>To be called after an item other than the event's has changed, which <see cref="EmbeddingTable{T}.Touch"/> comes before.</summary>
    private protected void Refresh(int item) => _ranker?.Set(item, ItemTable.Row(item), RankingBias(item));

    /// <summary>To be called after what items are ordered by has changed for any of them. O(items x factors).</summary>
    private protected void RefreshAll()
    {
        if (_ranker is null) return;
        for (int item = 0; item < ItemTable.Entities.Count; item++) Refresh(item);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Admit(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_userAdmission is not null) return AdmitSighted(example);
        _refit?.Begin();
        int user = UserTable.FindOrAdd(example.User, out Admission userAdmission);
        int item = ItemTable.FindOrAdd(example.Item, out Admission itemAdmission);
        if (_history is not null) Welcome(user, userAdmission, item, itemAdmission);
        double score = _refit is null ? Train(user, item, example) : _refit.Train(user, userAdmission, item, itemAdmission, example);
        if (_isPacked) Close();
        if (_history is not null) Remember(_history, user, item);
        GC.KeepAlive(this);
        return score;
    }

    private bool IsLearned(in Example example) => example.User != EntityKeyCodec.None && example.Item != EntityKeyCodec.None && Learns(example);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Welcome(int user, Admission userAdmission, int item, Admission itemAdmission)
    {
        if (userAdmission != Admission.Known) _history!.Start(user, truncated: UserTable.Entities.Evictions > 0);
        if (itemAdmission == Admission.Replaced) _history!.Replaced(item);
    }

    private void Remember(InteractionHistory history, int user, int item)
    {
        history.Add(user, item);
        Refresh(item);
    }

    private static EmbeddingTable<T> Table(int capacity, int factors, IRowInitializer<T> rows, bool seconds, bool numbersArrivals, RowPrecision precision) =>
        new(capacity, Width(factors, seconds), seconds ? new LeadingRows<T>(rows, factors) : rows, numbersArrivals, precision);

    private void Close()
    {
        UserTable.Close();
        ItemTable.Close();
    }

    private static int Width(int factors, bool seconds) => seconds ? FactorKernel<T>.Stride(factors) + factors : factors;

    private static T* Unseen(EmbeddingTable<T> table, ulong key, T* row)
    {
        table.Initial(key, row);
        return row;
    }
}

/// <summary>What gives a factor model its shape, and its memory.</summary>
/// <param name="Factors">Factors of a row.</param>
/// <param name="Biases">Whether the item's bias belongs to its score.</param>
/// <param name="Distance">Whether items are ordered by how near their score is to 1.</param>
/// <param name="Ranking">Whether it keeps what ranks need.</param>
/// <param name="Histories">Whether it keeps what users met, ranks or not: some learn from it.</param>
/// <param name="UserSeconds">Whether a user has a second row behind the first, of as many factors, which are 0 at first.</param>
/// <param name="ItemSeconds">Whether an item has one.</param>
/// <param name="Precision">How rows are kept; in 16 bits only by learners that work with one row of a table at a time.</param>
internal readonly record struct FactorShape(
    int Factors, bool Biases, bool Distance, bool Ranking, bool Histories = false, bool UserSeconds = false, bool ItemSeconds = false,
    RowPrecision Precision = RowPrecision.Single);
