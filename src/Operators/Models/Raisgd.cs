using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// <see cref="Isgd{T}"/> with negative feedback by recency (Vinagre, Jorge, Gama 2015, "Collaborative filtering with recency-based negative feedback",
/// algorithm 2): before the user learns the item it met, it learns that the items seen least recently in the stream are worth 0. Those items do not change.
/// </summary>
/// <remarks>
/// For each such item j, as often as an event is stepped on: p += rate (err q_j - l2 p), with err = (0 - p.q_j) times the importance weight, clipped. The event's
/// own item is never among them. O((1 + negatives) iterations x factors) an event. One caller at a time. State: that of the base, then the order of recency.
/// </remarks>
public sealed unsafe class Raisgd<T> : Isgd<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly RecencyOrder _order;
    private readonly int _negatives;
    private readonly bool _rotate;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Raisgd(RaisgdOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking, CounterRng.Derive(seed, "refits"))
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="userRows">Initial rows of users.</param>
    /// <param name="itemRows">Initial rows of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    /// <param name="refitSeed">Seed of what re-fits draw.</param>
    public Raisgd(RaisgdOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true, ulong refitSeed = 0)
        : base(options, userRows, itemRows, ranking, refitSeed) =>
        (_order, _negatives, _rotate) = (new RecencyOrder(ItemTable.Entities), options.Negatives, options.Rotate);

    /// <inheritdoc/>
    public override string StateTag => "raisgd";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(RaisgdOptions options, bool ranking) => Isgd<T>.BytesFor(options, ranking) + RecencyOrder.BytesFor(options.Items);

    private protected override double Train(int user, int item, in Example example)
    {
        double score = Predict(UserTable.Row(user), ItemTable.Row(item), 0, 0);
        int negative = _order.Oldest;
        for (int left = Math.Min(_negatives, ItemTable.Entities.Count - 1); left > 0; left--)
        {
            if (negative == item) negative = _order.After(negative);
            int next = _order.After(negative);
            if (!StepUser(user, negative, target: T.Zero, example.Weight)) UserTable.Reset(user);
            if (_rotate && Rehearsal == Rehearsal.None) _order.Seen(negative);
            negative = next;
        }

        base.Train(user, item, example);
        if (Rehearsal == Rehearsal.None) _order.Seen(item);
        return score;
    }

    private protected override void SaveByRow(ref StateWriter writer) => _order.Save(ref writer);

    private protected override void RestoreByRow(ref StateReader reader) => _order.Restore(ref reader);

    private protected override void DisposeLearner() => _order.Dispose();
}
