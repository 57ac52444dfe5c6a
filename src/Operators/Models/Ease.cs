using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Embarrassingly shallow autoencoder, kept up event by event (Steck 2019, "Embarrassingly shallow autoencoders for sparse data", equations 4 and 8): with X
/// the
/// users x items matrix of who met what, and P = (X'X + l2 I)^-1, item t scores the sum over the user's items j other than t of -P(j, t) / P(t, t), plus the
/// prior
/// (<see cref="PriorOptions.PriorWeight"/>). At every moment these are the weights that solving the whole problem anew would give.
/// </summary>
/// <remarks>
/// <para>X has a bounded number of items: those that came often enough first, each with the interactions since then. A user's second interaction with an item
/// changes
/// nothing, nor does one for which the user's list of them has no room, which is counted as a truncation. What a user who was forgotten or evicted met stays
/// in X'X.</para>
/// <para>Each interaction changes X'X by a matrix of rank two, and P by Woodbury's formula (<see cref="GramInverse"/>), in O(items of X squared); ranking
/// takes O(the user's items x items of
/// X + the user's history + log items). One caller at a time. State: the prior's, items of X, X'X and P, of items how often they came, of users their items of
/// X.</para>
/// </remarks>
public sealed class Ease : PriorRecommender
{
    private readonly EntityTable _slots;
    private readonly GramInverse _inverse;
    private readonly InteractionHistory _met;
    private readonly SumColumn _times;
    private readonly int _admitAfter;

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="options">Penalty and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Ease(EaseOptions options, bool ranking = true)
        : base(options, Shape(ranking))
    {
        _admitAfter = options.AdmitAfter;
        _times = ItemColumns.Add(new SumColumn(ItemColumns.Entities));
        _slots = new EntityTable(options.ModelItems);
        _inverse = new GramInverse(options.ModelItems, options.Regularization, options.RenewEvery);
        _met = new InteractionHistory(options.Users, _slots, options.HistoryEntries);
    }

    /// <inheritdoc/>
    public override string StateTag => "ease";

    /// <inheritdoc/>
    public override long Truncations => base.Truncations + _met.Truncations;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(EaseOptions options, bool ranking) =>
        BytesFor(options, Shape(ranking)) + EntityTable.BytesFor(options.ModelItems) + GramInverse.BytesFor(options.ModelItems)
        + InteractionHistory.BytesFor(options.Users, options.ModelItems, options.HistoryEntries);

    private protected override void Collect(int user, SparseScores scores)
    {
        if (_met.CountOf(user) == 0) return;
        MarkedItems met = _met.Mark(user);
        ReadOnlySpan<double> sums = _inverse.SumRows(_met.Of(user));
        for (int slot = 0; slot < sums.Length; slot++)
        {
            int item = ItemColumns.Entities.Find(_slots.Key(slot));
            if (item < 0) continue;
            double own = _inverse.Diagonal(slot);
            scores.Set(item, -(met.Contains(slot) ? sums[slot] - own : sums[slot]) / own);
        }
    }

    private protected override void Train(int user, int item, in Example example)
    {
        CountPrior(item);
        _times.Add(item, 1);
        int slot = _slots.Find(example.Item);
        if (slot < 0)
        {
            if (_times[item] < _admitAfter || _slots.Count == _slots.Capacity) return;
            slot = _slots.FindOrAdd(example.Item, out _);
            _inverse.Grow();
        }

        int count = _met.CountOf(user);
        _met.Add(user, slot);
        if (_met.CountOf(user) > count) _inverse.Add(slot, _met.Of(user));
    }

    private protected override void Started(int user) => _met.Start(user, truncated: false);

    private protected override void Forgotten(int user) => _met.Forget(user);

    private protected override void SaveLearner(ref StateWriter writer)
    {
        base.SaveLearner(ref writer);
        writer.Shape("admit after", _admitAfter);
        _slots.Save(ref writer);
        _inverse.Save(ref writer);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        base.RestoreLearner(ref reader);
        reader.Shape("admit after", _admitAfter);
        _slots.Restore(ref reader);
        if (_slots.Evictions > 0) throw new StateMismatchException("The snapshot has evictions where there are none.");
        _inverse.Restore(ref reader, _slots.Count);
    }

    private protected override void SaveUsers(ref StateWriter writer, int users) => _met.Save(ref writer, users);

    private protected override void RestoreUsers(ref StateReader reader, int users) => _met.Restore(ref reader, users);

    private protected override void DisposeLearner()
    {
        _slots.Dispose();
        _inverse.Dispose();
        _met.Dispose();
    }

    private static SparseShape Shape(bool ranking) => new(0, sizeof(double), ranking);
}
