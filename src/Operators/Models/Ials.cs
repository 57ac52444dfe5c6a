using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Alternating least squares on implicit feedback (Hu, Koren, Volinsky 2008, "Collaborative filtering for implicit feedback datasets", section 4, equations 3 to
/// 5), incrementally: an event solves the equations of its user's row exactly, and then those of its item's; all other rows stay.
/// </summary>
/// <remarks>
/// Every pair of a user and an item is an observation: 1 with confidence c = 1 + alpha times how often they met, or 0 with confidence 1. So
/// p = (sum of q q' over all items + sum of (c - 1) q q' over the user's + l2 I)^-1 times the sum of c q over the user's, and q alike; by Cholesky.
/// A user's items are the newest <see cref="AlternatingOptions.UserHistory"/>, an item's users the newest <see cref="AlternatingOptions.ItemHistory"/>.
/// O(history x factors^2 + factors^3) an event. One caller at a time.
/// </remarks>
public sealed unsafe class Ials<T> : AlternatingRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NormalEquations<T> _equations;
    private readonly double _alpha;
    private readonly double _l2;
    private readonly int _mostOfItem;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape and penalty.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Ials(IalsOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking)
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    /// <exception cref="ArgumentException">There is no penalty.</exception>
    public Ials(IalsOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true)
        : base(options, userRows, itemRows, ranking)
    {
        if (!(options.Regularization > 0))
            throw new ArgumentException($"Regularization is {options.Regularization}; it must be above 0, or the normal equations of rows with few pairs are singular.", nameof(options));
        (_alpha, _l2, _mostOfItem) = (options.Alpha, options.Regularization, options.ItemHistory);
        _equations = new NormalEquations<T>(options.Factors);
    }

    /// <inheritdoc/>
    public override string StateTag => "ials";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(IalsOptions options, bool ranking) =>
        AlternatingRecommender<T>.BytesFor(options, ranking) + NormalEquations<T>.BytesFor(options.Factors);

    private protected override void Fit(int user, int item)
    {
        _equations.Start(ItemSum.Elements, _l2);
        for (int pair = Pairs.NewestOfUser(user); pair >= 0; pair = Pairs.OlderOfUser(pair)) Add(ItemTable.Row(Pairs.ItemOf(pair)), Pairs.WeightOf(pair));
        Replace(UserTable, UserSum, user);

        _equations.Start(UserSum.Elements, _l2);
        int left = _mostOfItem;
        for (int pair = Pairs.NewestOfItem(item); pair >= 0 && left > 0; pair = Pairs.OlderOfItem(pair), left--) Add(UserTable.Row(Pairs.UserOf(pair)), Pairs.WeightOf(pair));
        Replace(ItemTable, ItemSum, item);
    }

    private protected override void DisposeLearner()
    {
        _equations?.Dispose(); // there are none where the penalty was refused
        base.DisposeLearner();
    }

    private void Add(T* row, double times) => _equations.Add(row, _alpha * times, 1 + (_alpha * times));

    private void Replace(EmbeddingTable<T> table, GramMatrix<T> sum, int row)
    {
        sum.Add(row, -1);
        if (!_equations.TrySolve(table.Row(row))) table.Reset(row);
        sum.Add(row, 1);
    }
}
