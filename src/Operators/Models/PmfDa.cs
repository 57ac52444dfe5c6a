using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Online probabilistic matrix factorization by regularized dual averaging (Ling, Yang, King, Lyu 2012, "Online learning for collaborative filtering", section III.B; Xiao 2010,
/// "Dual averaging methods for regularized stochastic learning and online optimization", equation 8): a row is the best answer to the mean of all its gradients so far. The
/// prediction is mean + biases + product of factors.
/// </summary>
/// <remarks>
/// With s the sum of a row's n gradients, g times the other row, g = 2(prediction - value) times the importance, clipped, taken at the old values, and w0 its initial row:
/// w = argmin of s.w + n lambda |w|^2 / 2 + gamma sqrt(n) |w - w0|^2 / 2 = (gamma sqrt(n) w0 - s) / (lambda n + gamma sqrt(n)). Biases alike, from 0. The paper holds rows to 0
/// instead of w0, where a product of two rows would stay, and maps ratings by a logistic function.
/// A row is w and behind it s; w0 is drawn again each time. O(factors) an event. A row that is no longer sound afterwards starts anew and is counted. One caller at a time.
/// State: that of the base, then by row the number of gradients and the sum of those of the bias.
/// </remarks>
public sealed unsafe class PmfDa<T> : RatingRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Width = 2; // number of gradients, sum of those of the bias

    private readonly PmfDaOptions _options;
    private readonly NativeBuffer<T> _initial;
    private readonly RowValues<double> _users;
    private readonly RowValues<double> _items;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, inertia and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public PmfDa(PmfDaOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking)
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    public PmfDa(PmfDaOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true)
        : base(options, userRows, itemRows, Shape(options, ranking), meanAndBiases: true, options.GradientClip)
    {
        _options = options;
        _initial = new NativeBuffer<T>(2L * Stride);
        (_users, _items) = (new RowValues<double>(UserTable.Entities, Width), new RowValues<double>(ItemTable.Entities, Width));
        (UserTable.Leaving, ItemTable.Leaving) = (row => _users.Change(row).Clear(), row => _items.Change(row).Clear());
    }

    /// <inheritdoc/>
    public override string StateTag => "pmf-da";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(PmfDaOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + RowValues<double>.BytesFor(options.Users, Width) + RowValues<double>.BytesFor(options.Items, Width);

    private protected override double Train(int user, int item, in Example example)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        double userBias = UserTable.Bias(user), itemBias = ItemTable.Bias(item), product = Product(p, q);
        double score = Intercept + userBias + itemBias + product;
        Meet(example);
        double gradient = Gradient(Intercept + userBias + itemBias + product, example);
        T step = T.CreateTruncating(gradient);
        bool userSound = FactorKernel<T>.Move(p + Stride, q, Stride, step, T.One), itemSound = FactorKernel<T>.Move(q + Stride, p, Stride, step, T.One);
        if (!(userSound & TryAnswer(UserTable, _users, user, gradient))) StartAnew(UserTable, _users, user);
        if (!(itemSound & TryAnswer(ItemTable, _items, item, gradient))) StartAnew(ItemTable, _items, item);
        return score;
    }

    private protected override void SaveByRow(ref StateWriter writer)
    {
        _users.Save(ref writer);
        _items.Save(ref writer);
    }

    private protected override void RestoreByRow(ref StateReader reader)
    {
        Restore(ref reader, _users, UserTable.Entities.Count);
        Restore(ref reader, _items, ItemTable.Entities.Count);
    }

    private protected override void DisposeLearner()
    {
        _initial.Dispose();
        _users.Dispose();
        _items.Dispose();
    }

    /// <summary>Counts a gradient, and makes row and bias the answer to all of them; whether they are sound.</summary>
    private bool TryAnswer(EmbeddingTable<T> table, RowValues<double> sums, int row, double gradient)
    {
        Span<double> values = sums.Change(row);
        double n = ++values[0], root = Math.Sqrt(n), inertia = _options.Inertia * root, divisor = (_options.Regularization * n) + inertia;
        values[1] += gradient;
        table.Bias(row) = -values[1] / ((_options.BiasRegularization * n) + (_options.BiasInertia * root));
        T* w = table.Row(row);
        table.Initial(table.Entities.Key(row), _initial.Pointer);
        Buffer.MemoryCopy(_initial.Pointer, w, (long)Stride * sizeof(T), (long)Stride * sizeof(T));
        return FactorKernel<T>.Move(w, w + Stride, Stride, T.CreateTruncating(-1 / divisor), T.CreateTruncating(inertia / divisor)) && double.IsFinite(table.Bias(row));
    }

    private static void StartAnew(EmbeddingTable<T> table, RowValues<double> sums, int row)
    {
        table.Reset(row);
        sums.Change(row).Clear();
    }

    private static void Restore(ref StateReader reader, RowValues<double> sums, int rows)
    {
        sums.Restore(ref reader);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> values = sums.Of(row);
            if (!(values[0] is >= 0 and <= double.MaxValue && double.IsFinite(values[1]))) throw new StateMismatchException($"The snapshot has {values[0]} gradients with the sum {values[1]}.");
        }
    }

    private static FactorShape Shape(PmfDaOptions options, bool ranking) =>
        new(options.Factors, Biases: true, Distance: false, ranking, UserSeconds: true, ItemSeconds: true);
}
