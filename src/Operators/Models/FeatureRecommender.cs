using System.Numerics;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// What all learners share whose users and items are sums of hashed features: the user's side of an example is the user and the context, the item's side the item and what the
/// <see cref="ItemCatalogue"/> says of it; buckets, negatives, ranking and state. What differs is how the two sides make a score and how they learn.
/// </summary>
/// <remarks>
/// <para>A bucket that has not come scores with the row it would start with, so that an item nobody has met scores by its features, and users by the context. One
/// caller at a time.</para>
/// <para>Who holds what: users and items are held and evicted as in other models; a user who is evicted or forgotten takes the bucket along, which erases what a feature in the same
/// bucket had learned; buckets of items and features stay.</para>
/// <para>The log loss of an event is -ln of the logistic function of its score; at most -ln 1e-6. Draws are made on (seed, number of the event learned). State: shape, events learned,
/// buckets, users, items, histories, how often each item came where items are drawn by that.</para>
/// </remarks>
public abstract unsafe partial class FeatureRecommender<T> : IImplicitModel, IModelStatistics, ICandidates, IForgetful, IOfferedItems, IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const double SmallestProbability = 1e-6;

    private readonly EntityTable _users;
    private readonly EntityTable _items;
    private readonly InteractionHistory? _history;
    private readonly ItemCatalogue _catalogue;
    private readonly ItemFeatures _itemFeatures;
    private readonly NativeBuffer<int> _userBuckets;
    private readonly NegativeDraws _draws;
    private readonly FeatureHash _hash;
    private readonly FeatureLayout _layout;
    private readonly ulong _seed;
    private readonly double _clip;
    private readonly bool _ranking;
    private readonly bool _context;
    private readonly bool _hourOfDay;
    private readonly bool _dayOfWeek;
    private long _events;
    private bool _disposed;

    private protected FeatureRecommender(FeatureOptions options, FeatureLayout layout, IRowInitializer<T>? rows, ItemCatalogue catalogue, ulong seed, bool ranking)
    {
        (_catalogue, _layout, _ranking) = (catalogue, layout, ranking);
        (_context, _hourOfDay, _dayOfWeek) = (options.Context, options.HourOfDay, options.DayOfWeek);
        (_hash, _seed) = (new FeatureHash(seed, options.Dimensions), CounterRng.Derive(seed, "negatives"));
        _clip = options.GradientClip;
        Table = new FeatureTable<T>(
            _hash.Intercept, layout.Latents, layout.Rates, rows ?? new BucketRows<T>(CounterRng.Derive(seed, "rows"), options.InitSigma, _hash.Intercept, layout.Intercept));
        (_users, _items) = (new EntityTable(options.Users, 0, numbersArrivals: false), new EntityTable(options.Items));
        (_users.Eviction, _items.Eviction) = (options.Eviction, options.Eviction);
        _userBuckets = new NativeBuffer<int>(options.Users);
        _itemFeatures = new ItemFeatures(options.Items, options.Dimensions);
        _draws = new NegativeDraws(_items, options.Sampling, options.Exponent);
        (UserSide, ItemSide, OtherSide) = (new FeatureSide<T>(Table), new FeatureSide<T>(Table), new FeatureSide<T>(Table));
        if (ranking || layout.Histories) _history = new InteractionHistory(options.Users, _items, options.HistoryEntries);
    }

    /// <inheritdoc/>
    public abstract string StateTag { get; }

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public long Users => _users.Held;

    /// <inheritdoc/>
    public long Items => _items.Count;

    /// <inheritdoc/>
    public long Evictions => _users.Evictions + _items.Evictions;

    /// <inheritdoc/>
    public long Resets => Table.Resets;

    /// <inheritdoc/>
    public long Truncations => _history?.Truncations ?? 0;

    /// <summary>The buckets.</summary>
    private protected FeatureTable<T> Table { get; }

    /// <summary>The user and the context of the example at hand.</summary>
    private protected FeatureSide<T> UserSide { get; }

    /// <summary>The item of the example at hand.</summary>
    private protected FeatureSide<T> ItemSide { get; }

    /// <summary>Another item.</summary>
    private protected FeatureSide<T> OtherSide { get; }

    /// <inheritdoc/>
    public double Score(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Gather(example);
        int item = _items.Find(example.Item);
        if (item >= 0) Gather(ItemSide, item);
        else GatherUnseen(example.Item);
        UserSide.Find();
        ItemSide.Find();
        Compose(UserSide);
        Compose(ItemSide);
        double score = Predict(UserSide, ItemSide);
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

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = ScoreThenLearn(example);
        loss = -Math.Log(Math.Max(PortableMath.Logistic(score), SmallestProbability));
        return score;
    }

    /// <inheritdoc/>
    public void Offer(ItemCatalogue catalogue) => _history?.Withhold(catalogue);

    /// <summary>Most bytes of a model of this layout.</summary>
    private protected static long BytesFor(FeatureOptions options, FeatureLayout layout, ItemCatalogue catalogue, bool ranking)
    {
        // The catalogue counts its features' bytes among its own.
        long entries = options.Items + (catalogue.Bytes / sizeof(Feature));
        long bytes = FeatureTable<T>.BytesFor(options.Dimensions + 1, layout.Latents, layout.Rates.Optimizer)
            + EntityTable.BytesFor(options.Users, 0, numbersArrivals: false) + EntityTable.BytesFor(options.Items) + (sizeof(int) * (long)options.Users)
            + ItemFeatures.BytesFor(options.Items, options.Dimensions, entries) + NegativeDraws.BytesFor(options.Sampling, options.Items);
        return ranking || layout.Histories ? bytes + InteractionHistory.BytesFor(options.Users, options.Items, options.HistoryEntries) : bytes;
    }

    /// <summary>Whether something can be learned from the example.</summary>
    private protected abstract bool Learns(in Example example);

    /// <summary>Adds up a side whose rows were looked up.</summary>
    private protected abstract void Compose(FeatureSide<T> side);

    /// <summary>The score that two sides make.</summary>
    private protected abstract double Predict(FeatureSide<T> user, FeatureSide<T> item);

    /// <summary>
    /// Learns, with both sides of the example at hand admitted and added up; returns the score before.
    /// </summary>
    private protected abstract double Train(int user, int item, in Example example);

    /// <summary>Steps on the rows of the user's side at hand and of an item's side, both admitted and added up, with this gradient of the loss; finite, and clipped.</summary>
    private protected abstract void Descend(FeatureSide<T> item, double gradient);

    /// <summary>
    /// Learns an example by itself: its value, or that it was met and so many items drawn were not. Returns the score before.
    /// </summary>
    private protected double Regress(int user, int item, in Example example, FmLoss loss, int negatives)
    {
        double score = Predict(UserSide, ItemSide);
        Descend(ItemSide, loss == FmLoss.Squared ? 2 * (score - example.Value) : PortableMath.Logistic(score) - 1, example.Weight);
        if (loss == FmLoss.Squared) return score;
        CounterRng rng = EventRng();
        for (int n = 0; n < negatives; n++)
        {
            int drawn = Draw(user, item, ref rng);
            if (drawn < 0) continue;
            Bring(OtherSide, drawn);
            Compose(UserSide);
            Descend(OtherSide, PortableMath.Logistic(Predict(UserSide, OtherSide)), example.Weight);
        }

        return score;
    }

    /// <summary>Draws of the event that is learned.</summary>
    private protected CounterRng EventRng() => new(_seed, (ulong)_events - 1);

    /// <summary>An item that the user has not met; -1 if none was found.</summary>
    private protected int Draw(int user, int item, ref CounterRng rng) => _draws.Draw(item, _history!.Mark(user), ref rng);

    /// <summary>Number of items.</summary>
    private protected int ItemCount => _items.Count;

    /// <summary>The intercept.</summary>
    private protected double Intercept
    {
        get
        {
            int row = Table.Find(_hash.Intercept);
            return row < 0 ? _layout.Intercept : double.CreateTruncating(Table.Row(row)[Table.Latents]);
        }
    }

    /// <summary>Row number of the intercept, which has come from now on.</summary>
    private protected int AdmitIntercept() => Table.FindOrAdd(_hash.Intercept);

    /// <summary>Gathers an item that is held, with rows for all its buckets, and adds it up.</summary>
    private protected void Bring(FeatureSide<T> side, int item)
    {
        Gather(side, item);
        side.Admit();
        Compose(side);
    }

    /// <summary>Steps on a member's row, and scales its latents back where they are longer than this.</summary>
    private protected void Step(in FeatureSide<T>.Member member, T* gradient, double maxNorm)
    {
        Table.Step(member.Row, gradient);
        if (maxNorm < double.PositiveInfinity) Table.Shorten(member.Row, maxNorm);
        if (_ranking) _itemFeatures.MarkBucket(member.Bucket);
    }

    /// <summary>The gradient times the importance weight, clipped.</summary>
    private protected double Clipped(double slope, float weight) => Math.Clamp(weight * slope, -_clip, _clip);

    // Where values of features are so large that the score is not finite, nothing is learned.
    private void Descend(FeatureSide<T> item, double slope, float weight)
    {
        if (double.IsFinite(slope)) Descend(item, Clipped(slope, weight));
    }

    private double Admit(in Example example)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int user = _users.FindOrAdd(example.User, out Admission userAdmission);
        if (userAdmission == Admission.Replaced) Erase(user);
        if (userAdmission != Admission.Known) _userBuckets[user] = _hash.User(example.User);
        int item = _items.FindOrAdd(example.Item, out Admission itemAdmission);
        if (itemAdmission == Admission.Replaced)
        {
            _draws.Clear(item);
            _itemFeatures.Remove(item);
        }

        if (itemAdmission != Admission.Known) List(item);
        if (_history is not null)
        {
            if (userAdmission != Admission.Known) _history.Start(user, truncated: _users.Evictions > 0);
            if (itemAdmission == Admission.Replaced) _history.Replaced(item);
        }

        _events++;
        Gather(example);
        UserSide.Admit();
        Compose(UserSide);
        Bring(ItemSide, item);
        double score = Train(user, item, example);
        _history?.Add(user, item);
        _draws.Count(item);
        GC.KeepAlive(this);
        return score;
    }

    private bool IsLearned(in Example example) => example.User != EntityKeyCodec.None && example.Item != EntityKeyCodec.None && Learns(example);

    // Takes the bucket away from the user who had this row.
    private void Erase(int user)
    {
        int bucket = _userBuckets[user];
        Table.Free(bucket);
        if (_ranking) _itemFeatures.MarkBucket(bucket);
    }

    // Lists the buckets of an item that was just given its row.
    private void List(int item)
    {
        ulong key = _items.Key(item);
        if (_layout.Identity) _itemFeatures.Add(item, _hash.Item(key), 1);
        foreach (Feature feature in _catalogue.Features(key)) _itemFeatures.Add(item, _hash.ItemFeature(feature.Key), feature.Value);
        if (_ranking) _itemFeatures.MarkItem(item);
    }

    private void Gather(in Example example)
    {
        UserSide.Clear();
        UserSide.Add(_hash.User(example.User), 1, FeatureFields.User);
        int place = FeatureFields.Context;
        if (_hourOfDay) UserSide.Add(_hash.Hour(example.Time), 1, place++);
        if (_dayOfWeek) UserSide.Add(_hash.Weekday(example.Time), 1, place++);
        if (!_context) return;
        foreach (Feature feature in example.Features) UserSide.Add(_hash.Context(feature.Key), feature.Value, place++);
    }

    private void Gather(FeatureSide<T> side, int item)
    {
        side.Clear();
        int field = _layout.Identity ? FeatureFields.Item : FeatureFields.Catalogue;
        for (int at = _itemFeatures.First(item); at != 0; field = FeatureFields.Catalogue)
        {
            (int bucket, float value) = _itemFeatures.At(at, out at);
            side.Add(bucket, value, field);
        }
    }

    private void GatherUnseen(ulong item)
    {
        ItemSide.Clear();
        if (_layout.Identity) ItemSide.Add(_hash.Item(item), 1, FeatureFields.Item);
        foreach (Feature feature in _catalogue.Features(item)) ItemSide.Add(_hash.ItemFeature(feature.Key), feature.Value, FeatureFields.Catalogue);
    }
}

/// <summary>What gives a <see cref="FeatureRecommender{T}"/> its shape.</summary>
/// <param name="Latents">Latents of a row.</param>
/// <param name="Rates">How rows step.</param>
/// <param name="Intercept">Value the intercept starts with.</param>
/// <param name="Identity">Whether an item is a feature of its own.</param>
/// <param name="Histories">Whether it keeps what users met, ranks or not: some learn from it.</param>
internal readonly record struct FeatureLayout(int Latents, FeatureRates Rates, double Intercept, bool Identity, bool Histories);

/// <summary>Numbers of the fields that features belong to. Features carry no name, so those of the context are told apart by their place in the event.</summary>
internal static class FeatureFields
{
    /// <summary>The user.</summary>
    public const int User = 0;

    /// <summary>The item.</summary>
    public const int Item = 1;

    /// <summary>All that the catalogue says of the item.</summary>
    public const int Catalogue = 2;

    /// <summary>The first feature of the context; those after it follow.</summary>
    public const int Context = 3;
}
