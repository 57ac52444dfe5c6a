using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Element-wise alternating least squares for streams (He, Zhang, Kan, Chua 2016, "Fast matrix factorization for online recommendation with implicit feedback",
/// sections 4 and 5, algorithms 1 and 2): an event sweeps over the elements of its user's row and then of its item's; what was not met weighs more the more popular
/// the item is.
/// </summary>
/// <remarks>
/// A pair that met is a 1 with weight w = Weight times how often; one that did not is a 0 with weight c = c0 n^alpha / Z, where the item came n times and Z is the
/// sum of n^alpha over the items. With score r and d = w - c, an element is
/// p_f = (sum of (w - d (r - p_f q_f)) q_f over the user's items - sum of p_k s_kf over k other than f) / (sum of d q_f^2 + s_ff + l2), s = sum of c q q' over all
/// items; and q_f alike over the item's users, s = c times the sum of p p' over all users (equations 12 and 13).
/// The cached sums are of n^alpha q q' and of p p', so that a change of Z touches none of them.
/// A user's items are the newest <see cref="AlternatingOptions.UserHistory"/>, an item's users the newest <see cref="AlternatingOptions.ItemHistory"/>.
/// O(iterations x (history + factors) x factors) an event. One caller at a time. State: that of the base, Z, and how often each item came.
/// </remarks>
public sealed unsafe class Eals<T> : AlternatingRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly RowValues<int> _times;
    private readonly NativeBuffer<double> _powers; // n^alpha by item; follows from the times
    private readonly ElementSweep<T> _sweep;
    private readonly double _missingWeight;
    private readonly double _exponent;
    private readonly double _weight;
    private readonly double _l2;
    private readonly int _iterations;
    private readonly int _mostOfItem;
    private double _powerSum;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, weights and penalty.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Eals(EalsOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking)
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    public Eals(EalsOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true)
        : this(options, userRows, itemRows, ranking, new NativeBuffer<double>(options.Items))
    {
    }

    private Eals(EalsOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking, NativeBuffer<double> powers)
        : base(options, userRows, itemRows, ranking, powers)
    {
        _powers = powers;
        _times = new RowValues<int>(ItemTable.Entities);
        _sweep = new ElementSweep<T>(options.Factors, Math.Max(options.UserHistory, options.ItemHistory));
        (_missingWeight, _exponent, _weight, _l2) = (options.MissingWeight, options.Exponent, options.Weight, options.Regularization);
        (_iterations, _mostOfItem) = (options.Iterations, options.ItemHistory);
    }

    /// <inheritdoc/>
    public override string StateTag => "eals";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(EalsOptions options, bool ranking) =>
        AlternatingRecommender<T>.BytesFor(options, ranking) + RowValues<int>.BytesFor(options.Items) + (sizeof(double) * (long)options.Items)
        + ElementSweep<T>.BytesFor(options.Factors, Math.Max(options.UserHistory, options.ItemHistory));

    private protected override void Fit(int user, int item)
    {
        CountItem(item);
        for (int n = 0; n < _iterations; n++)
        {
            FitUser(user);
            FitItem(item);
        }
    }

    private protected override double WeightOf(int item) => _powers[item];

    private protected override void ItemLeaves(int item)
    {
        base.ItemLeaves(item);
        _powerSum -= _powers[item];
        (_times[item], _powers[item]) = (0, 0);
    }

    private protected override void Resum()
    {
        base.Resum();
        _powerSum = 0;
        for (int item = 0; item < ItemTable.Entities.Count; item++) _powerSum += _powers[item];
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        base.SaveLearner(ref writer);
        writer.Write(_powerSum);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        base.RestoreLearner(ref reader);
        _powerSum = reader.ReadFinite();
    }

    private protected override void SaveByRow(ref StateWriter writer)
    {
        base.SaveByRow(ref writer);
        _times.Save(ref writer);
    }

    private protected override void RestoreByRow(ref StateReader reader)
    {
        base.RestoreByRow(ref reader);
        _times.Restore(ref reader);
        for (int item = 0; item < ItemTable.Entities.Count; item++)
        {
            if (_times[item] < 0) throw new StateMismatchException($"The snapshot has an item that came {_times[item]} times.");
            _powers[item] = Power(_times[item]);
        }
    }

    private protected override void DisposeLearner()
    {
        _times.Dispose();
        _powers.Dispose();
        _sweep.Dispose();
        base.DisposeLearner();
    }

    private void CountItem(int item)
    {
        if (_times[item] == int.MaxValue) return;
        _times[item]++;
        double power = Power(_times[item]), more = power - _powers[item];
        ItemSum.Add(item, more);
        _powerSum += more;
        _powers[item] = power;
    }

    private double Power(int times) => times == 0 ? 0 : PortableMath.Pow(times, _exponent);

    private void FitUser(int user)
    {
        T* row = UserTable.Row(user);
        double scale = _missingWeight / _powerSum;
        _sweep.Start(row);
        for (int pair = Pairs.NewestOfUser(user); pair >= 0; pair = Pairs.OlderOfUser(pair))
        {
            int item = Pairs.ItemOf(pair);
            _sweep.Add(ItemTable.Row(item), _weight * Pairs.WeightOf(pair), scale * _powers[item]);
        }

        UserSum.Add(user, -1);
        if (!_sweep.TrySweep(row, ItemSum.Elements, scale, _l2)) UserTable.Reset(user);
        UserSum.Add(user, 1);
    }

    private void FitItem(int item)
    {
        T* row = ItemTable.Row(item);
        double missing = _missingWeight / _powerSum * _powers[item];
        _sweep.Start(row);
        int left = _mostOfItem;
        for (int pair = Pairs.NewestOfItem(item); pair >= 0 && left > 0; pair = Pairs.OlderOfItem(pair), left--)
            _sweep.Add(UserTable.Row(Pairs.UserOf(pair)), _weight * Pairs.WeightOf(pair), missing);
        ItemSum.Add(item, -_powers[item]);
        if (!_sweep.TrySweep(row, UserSum.Elements, missing, _l2)) ItemTable.Reset(item);
        ItemSum.Add(item, _powers[item]);
    }
}
