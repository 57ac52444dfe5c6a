using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Passive-aggressive matrix factorization (Blondel, Kubo, Ueda 2014, "Online passive-aggressive algorithms for non-negative matrix factorization and completion", sections 3 and
/// 4): on each event first the user's row and then the item's, with the new user's, moves as little as it takes for the prediction to be right within a tolerance, or near it.
/// </summary>
/// <remarks>
/// A row w with bias b, the other row x and what else is in the prediction: with loss l = max(0, |prediction - value| - epsilon) the row becomes w + s tau x, b + s tau, where s is the
/// sign of value - prediction, and tau = l / (x.x + 1) for PA, min(C, that) for PA-I, l / (x.x + 1 + 1/(2C)) for PA-II (the 1 is the bias's, where there is one); the importance
/// multiplies C. With non-negative factors it is the nearest max(0, w + s tau x): upwards that is the same; downwards tau is the root of a piecewise linear function, which is
/// found in at most factors + 1 passes.
/// O(factors) an event, O(factors^2) at worst downwards. A row or bias that is no longer sound afterwards starts anew and is counted. One caller at a time.
/// </remarks>
public sealed unsafe class PaMf<T> : RatingRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly PassiveAggressiveVariant _variant;
    private readonly double _aggressiveness;
    private readonly double _epsilon;
    private readonly bool _nonNegative;
    private readonly bool _biases;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, tolerance and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public PaMf(PaMfOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking)
    {
    }

    /// <summary>A model with the given initial rows, or their absolute values where factors are not to be negative.</summary>
    public PaMf(PaMfOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true)
        : base(options, Rows(options, userRows), Rows(options, itemRows), Shape(options, ranking), options.Biases)
    {
        (_variant, _aggressiveness, _epsilon) = (options.Variant, options.C, options.Epsilon);
        (_nonNegative, _biases) = (options.NonNegative, options.Biases);
    }

    /// <inheritdoc/>
    public override string StateTag => "pa-mf";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(PaMfOptions options, bool ranking) => BytesFor(options, Shape(options, ranking));

    private protected override double Train(int user, int item, in Example example)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        ref double userBias = ref UserTable.Bias(user);
        ref double itemBias = ref ItemTable.Bias(item);
        double score = Predict(p, q, userBias, itemBias);
        Meet(example);
        if (!TryFit(p, q, ref userBias, Intercept + itemBias, example)) UserTable.Reset(user);
        if (!TryFit(q, p, ref itemBias, Intercept + userBias, example)) ItemTable.Reset(item);
        return score;
    }

    /// <summary>Moves w and its bias; <paramref name="rest"/> is what else is predicted. Whether they are still sound.</summary>
    private bool TryFit(T* w, T* x, ref double bias, double rest, in Example example)
    {
        double prediction = rest + bias + Product(w, x), loss = Math.Abs(prediction - example.Value) - _epsilon;
        double own = _biases ? 1 : 0, c = _aggressiveness * example.Weight, slack = _variant == PassiveAggressiveVariant.PaIi ? 1 / (2 * c) : 0;
        double square = Product(x, x) + own + slack;
        if (!(loss > 0) || square == 0) return true;
        double tau = loss / square;
        if (_nonNegative && prediction > example.Value) tau = Fall(w, x, rest + bias - example.Value - _epsilon, own + slack, tau);
        if (_variant == PassiveAggressiveVariant.PaI) tau = Math.Min(tau, c);
        double step = prediction < example.Value ? tau : -tau;
        if (_biases) bias += step;
        bool sound = FactorKernel<T>.Move(w, x, Stride, T.CreateTruncating(step), T.One) && Math.Abs(bias) < double.CreateTruncating(FactorKernel<T>.Limit);
        if (_nonNegative) FactorKernel<T>.RaiseToZero(w, Stride);
        return sound;
    }

    /// <summary>
    /// The root of sum of x max(0, w - tau x) + above - tau flat, for w and x not negative: Newton's steps from a point before it. Factors that are 0 at one point are 0 at all
    /// later ones, so that the set of the others shrinks until the next step is the root.
    /// </summary>
    private double Fall(T* w, T* x, double above, double flat, double tau)
    {
        for (int pass = 0; pass <= UserTable.Factors; pass++)
        {
            (double residual, double slope) = (above, flat);
            for (int f = 0; f < UserTable.Factors; f++)
            {
                double from = double.CreateTruncating(w[f]), along = double.CreateTruncating(x[f]);
                if (from - (tau * along) <= 0) continue;
                residual += from * along;
                slope += along * along;
            }

            double next = residual / slope;
            if (!(next > tau)) return tau;
            tau = next;
        }

        return tau;
    }

    private static IRowInitializer<T> Rows(PaMfOptions options, IRowInitializer<T> rows) => options.NonNegative ? new NonNegativeRows<T>(rows) : rows;

    private static FactorShape Shape(PaMfOptions options, bool ranking) => new(options.Factors, options.Biases, Distance: false, ranking);
}
