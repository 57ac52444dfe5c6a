using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Predicts mean + user bias + item bias + |R|^-1/2 sum over j in R of ((value of j - baseline of j) w(j, i) + c(j, i)), where R are the items that the user rated last and the baseline is mean + user bias
/// + bias of j (Koren 2008, "Factorization meets the neighborhood: a multifaceted collaborative filtering model", equations 9 and 10, with N(u) = R(u); weights between ratings, learned together, are those of
/// Bell, Koren 2007, "Scalable collaborative filtering with jointly derived neighborhood interpolation weights").
/// </summary>
/// <remarks>
/// <para>With g = 2(prediction - value) times the importance, clipped, f = |R|^-1/2 and d the difference of a value from its baseline, all from the old values and, as in <see cref="SgdFactorization{T}"/>, the mean that
/// has the value: w -= rate (g f d + l2 w), c -= implicit rate (g f + implicit l2 c), for each j of R but the item itself; biases as <see cref="SgdFactorization{T}"/> does. A value is that of the last
/// time. An item keeps its largest w and its largest c: a new one takes the place of the smallest, and what is not kept is 0. What is no longer finite becomes 0.</para>
/// <para>O(|R| x neighbours / lanes) to learn; ranking O(|R| x neighbours), and what <see cref="LazyRanker{T}"/> takes for biases alone. 24 bytes for each neighbour of an item, and 12 for each rating of a
/// user, that there is room for, committed as they come. One caller at a time. State: that of the base, then the users' ratings, w and c.</para>
/// </remarks>
public sealed unsafe class Neighbourhood : RatingRecommender<double>
{
    private static readonly NormalRows<double> NoRows = new(0, 0);

    private readonly PagedLists _rated;
    private readonly PagedLists _weights;
    private readonly PagedLists _implicit;
    private readonly double _rate;
    private readonly double _implicitRate;
    private readonly double _biasRate;
    private readonly double _l2;
    private readonly double _implicitL2;
    private readonly double _biasL2;
    private SparseScores _ranked;
    private SparseScores _rankedBefore;

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="options">Rates, penalties and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Neighbourhood(NeighbourhoodOptions options, bool ranking = true)
        : base(options, NoRows, NoRows, Shape(ranking), meanAndBiases: true, options.GradientClip)
    {
        (_rate, _implicitRate, _biasRate) = (options.LearningRate, options.ImplicitLearningRate, options.BiasLearningRate);
        (_l2, _implicitL2, _biasL2) = (options.Regularization, options.ImplicitRegularization, options.BiasRegularization);
        _rated = new PagedLists(UserTable.Entities, options.UserHistory, weights: true, signed: true);
        _weights = new PagedLists(ItemTable.Entities, options.Neighbours, weights: true, signed: true);
        _implicit = new PagedLists(ItemTable.Entities, options.Neighbours, weights: true, signed: true);
        (_ranked, _rankedBefore) = (new SparseScores(options.Items), new SparseScores(options.Items));
        (UserTable.Leaving, ItemTable.Leaving) = (_rated.Clear, ItemLeaves);
    }

    /// <inheritdoc/>
    public override string StateTag => "neighbourhood";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(NeighbourhoodOptions options, bool ranking) =>
        BytesFor(options, Shape(ranking)) + PagedLists.BytesFor(options.Users, options.UserHistory, weights: true)
        + (2 * PagedLists.BytesFor(options.Items, options.Neighbours, weights: true)) + (2 * SparseScores.BytesFor(options.Items));

    private protected override double Predict(in Example example, double* p, double* q, int user, int item)
    {
        double score = base.Predict(example, p, q, user, item);
        return user >= 0 && item >= 0 ? score + Offset(user, item) : score;
    }

    private protected override void ScoreAll(int user, Span<double> scores)
    {
        for (int item = 0; item < ItemTable.Entities.Count; item++) scores[item] = Intercept + UserTable.Bias(user) + ItemTable.Bias(item) + Offset(user, item);
    }

    // The biases that items are ranked by are this user's, where the user's ratings say something of an item; those of the user before are taken back.
    private protected override void PrepareRanking(in Example example)
    {
        (_ranked, _rankedBefore) = (_rankedBefore, _ranked);
        _ranked.Clear();
        Collect(UserTable.Entities.Find(example.User));
        foreach (int item in _rankedBefore.Touched) Refresh(item);
        foreach (int item in _ranked.Touched) Refresh(item);
    }

    private protected override double RankingBias(int item) => ItemTable.Bias(item) + _ranked[item];

    private protected override double Train(int user, int item, in Example example)
    {
        ref double userBias = ref UserTable.Bias(user);
        ref double itemBias = ref ItemTable.Bias(item);
        double score = Intercept + userBias + itemBias + Offset(user, item);
        Meet(example);
        double gradient = Gradient(Intercept + userBias + itemBias + Offset(user, item), example);
        Step(user, item, gradient);
        userBias -= _biasRate * (gradient + (_biasL2 * userBias));
        itemBias -= _biasRate * (gradient + (_biasL2 * itemBias));
        if (!double.IsFinite(userBias)) UserTable.Reset(user);
        if (!double.IsFinite(itemBias)) ItemTable.Reset(item);
        _rated.Rows.PushFront(user, ItemTable.Entities.Sequence(item), example.Value);
        return score;
    }

    private protected override void SaveByRow(ref StateWriter writer)
    {
        _rated.Save(ref writer);
        _weights.Save(ref writer);
        _implicit.Save(ref writer);
    }

    private protected override void RestoreByRow(ref StateReader reader)
    {
        foreach (PagedLists lists in (ReadOnlySpan<PagedLists>)[_rated, _weights, _implicit]) lists.Restore(ref reader, ItemTable.Entities);
    }

    private protected override void DisposeLearner()
    {
        _rated.Dispose();
        _weights.Dispose();
        _implicit.Dispose();
        _ranked.Dispose();
        _rankedBefore.Dispose();
    }

    private static FactorShape Shape(bool ranking) => new(0, Biases: true, Distance: false, ranking);

    private void ItemLeaves(int item)
    {
        _weights.Clear(item);
        _implicit.Clear(item);
    }

    /// <summary>What the user's ratings add to the prediction for an item.</summary>
    private double Offset(int user, int item)
    {
        ReadOnlySpan<uint> rated = _rated.Rows.Entries(user);
        ReadOnlySpan<double> values = _rated.Rows.Weights(user);
        uint own = ItemTable.Entities.Sequence(item);
        double sum = 0;
        int held = 0;
        for (int n = 0; n < rated.Length; n++)
        {
            int other = ItemTable.Entities.RowOfSequence(rated[n]);
            if (other < 0) continue;
            held++;
            sum += (Difference(user, other, values[n]) * _weights.Rows.WeightOf(other, own)) + _implicit.Rows.WeightOf(other, own);
        }

        sum *= Share(held);
        return double.IsFinite(sum) ? sum : 0;
    }

    /// <summary>The same for all items to which it adds anything.</summary>
    private void Collect(int user)
    {
        double share = Share(Held(user));
        ReadOnlySpan<uint> rated = _rated.Rows.Entries(user);
        ReadOnlySpan<double> values = _rated.Rows.Weights(user);
        for (int n = 0; n < rated.Length; n++)
        {
            int other = ItemTable.Entities.RowOfSequence(rated[n]);
            if (other < 0) continue;
            Add(_weights.Rows, other, share * Difference(user, other, values[n]));
            Add(_implicit.Rows, other, share);
        }
    }

    private void Add(RowLists lists, int item, double factor)
    {
        ReadOnlySpan<uint> neighbours = lists.Entries(item);
        ReadOnlySpan<double> weights = lists.Weights(item);
        for (int n = 0; n < neighbours.Length; n++)
        {
            int other = ItemTable.Entities.RowOfSequence(neighbours[n]);
            if (other >= 0) _ranked.AddSigned(other, factor * weights[n]);
        }
    }

    private void Step(int user, int item, double gradient)
    {
        double share = Share(Held(user));
        ReadOnlySpan<uint> rated = _rated.Rows.Entries(user);
        ReadOnlySpan<double> values = _rated.Rows.Weights(user);
        uint own = ItemTable.Entities.Sequence(item);
        for (int n = 0; n < rated.Length; n++)
        {
            int other = ItemTable.Entities.RowOfSequence(rated[n]);
            if (other < 0 || other == item) continue;
            Step(_weights.Rows, other, own, _rate, gradient * share * Difference(user, other, values[n]), _l2);
            Step(_implicit.Rows, other, own, _implicitRate, gradient * share, _implicitL2);
        }
    }

    private static void Step(RowLists lists, int item, uint neighbour, double rate, double gradient, double l2)
    {
        double weight = lists.WeightOf(item, neighbour);
        weight -= rate * (gradient + (l2 * weight));
        lists.Set(item, neighbour, double.IsFinite(weight) ? weight : 0);
    }

    private double Difference(int user, int item, double value) => value - (Intercept + UserTable.Bias(user) + ItemTable.Bias(item));

    private int Held(int user)
    {
        int held = 0;
        foreach (uint rated in _rated.Rows.Entries(user))
        {
            if (ItemTable.Entities.RowOfSequence(rated) >= 0) held++;
        }

        return held;
    }

    private static double Share(int held) => held == 0 ? 0 : 1 / Math.Sqrt(held);
}
