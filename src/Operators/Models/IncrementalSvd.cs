using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// The leading right singular vectors V (items x factors) of the matrix of what users met, kept up event by event by Oja's rule (Oja 1982, "A simplified neuron model as a principal component
/// analyzer"; for several vectors, with a decomposition after them, as in Balsubramani, Dasgupta, Freund 2013, "The fast convergence of incremental PCA", section 1, and Mitliagkas, Caramanis, Jain
/// 2013, "Memory limited, streaming PCA", algorithm 1): a user with the profile x scores the items as x V V', the projection of the profile (Cremonesi, Koren, Turrin 2010, "Performance of recommender algorithms on
/// top-N recommendation tasks", equation 11: PureSVD), plus the prior (<see cref="PriorOptions.PriorWeight"/>).
/// </summary>
/// <remarks>
/// <para>x holds recency^(n-1) for the n-th of the user's last items, over its length. An event with the importance c adds its item to the profile, and r x (x V) to V with r = min(rate x c, 1): only the
/// rows of the profile change. A user needs no training: whoever has met one item has a profile. Where the stream is stationary V turns, but for a trembling of the order of the square root of the rate, to the span
/// of the leading eigenvectors of the mean of x'x.</para>
/// <para>Drift. After every <see cref="IncrementalSvdOptions.OrthonormalizeEvery"/>-th event V'V = I to rounding, but for columns that depend on those before them, which are 0 until new items give them
/// something. n events and new items of rows v later the eigenvalues of V'V lie between 1 and (1 + rate)^(2n) (1 + sum of |v|^2), as each step multiplies none by more than (1 + r)^2 and none by less than
/// 1; an evicted item takes its row out of it.</para>
/// <para>Orthonormal by the triangular factor of V'V (Yamamoto, Nakatsukasa, Yanagisawa, Fukaya 2015, "Roundoff error analysis of the CholeskyQR2 algorithm", section 1), summed in double precision. O(basket x factors) an event,
/// ranks excepted, and O(items x factors^2) for each of those. (factors x 4 + 8) bytes an item; 4 bytes an item of a user, and the user's x V as of the last event, for who wants it elsewhere. The log loss of an event is
/// -ln of the score, clamped to [1e-6, 1 - 1e-6]. One caller at a time. State: that of the base, where the bias of an item is its decayed number of events, then the users' last items.</para>
/// </remarks>
public sealed unsafe class IncrementalSvd<T> : FactorRecommender<T>, IImplicitModel
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // So that sums of decayed weights are far from the largest float32.
    private const double LargestExponent = 32;

    private readonly NativeBuffer<T> _projection;
    private readonly PagedLists _baskets;
    private readonly OrthonormalColumns<T> _columns;
    private readonly ForwardDecay _decay;
    private readonly double _priorWeight;
    private readonly double _recency;
    private readonly double _rate;
    private readonly int _every;
    private long _events;
    private double _total;

    /// <summary>A model whose initial rows are drawn on (seed, item).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public IncrementalSvd(IncrementalSvdOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking)
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    public IncrementalSvd(IncrementalSvdOptions options, IRowInitializer<T> itemRows, bool ranking = true)
        : base(options, new NormalRows<T>(0, 0), itemRows, Shape(options, ranking))
    {
        (_priorWeight, _recency, _rate, _every) = (options.PriorWeight, options.Recency, options.LearningRate, options.OrthonormalizeEvery);
        _projection = new NativeBuffer<T>(Stride);
        _baskets = new PagedLists(UserTable.Entities, options.Basket, weights: false);
        _columns = new OrthonormalColumns<T>(options.Factors);
        _decay = new ForwardDecay(options.PriorHalfLife, LargestExponent);
        UserTable.Leaving = _baskets.Clear;
    }

    /// <inheritdoc/>
    public override string StateTag => "incremental-svd";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(IncrementalSvdOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + PagedLists.BytesFor(options.Users, options.Basket, weights: false) + OrthonormalColumns<T>.BytesFor(options.Factors);

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = ScoreThenLearn(example);
        loss = -Math.Log(Math.Clamp(score, 1e-6, 1 - 1e-6));
        return score;
    }

    private protected override bool Learns(in Example example) => Examples.HasWeight(example);

    private protected override double Predict(in Example example, T* p, T* q, int user, int item)
    {
        Project(user);
        return Predict(_projection.Pointer, q, 0, item >= 0 ? ItemTable.Bias(item) : 0);
    }

    private protected override double Predict(T* p, T* q, double userBias, double itemBias) =>
        double.CreateTruncating(FactorKernel<T>.Dot(p, q, Stride)) + (_total > 0 ? itemBias * (_priorWeight / _total) : 0);

    private protected override void ScoreAll(int user, Span<double> scores)
    {
        Project(user);
        for (int item = 0; item < ItemTable.Entities.Count; item++) scores[item] = Predict(_projection.Pointer, ItemTable.Row(item), 0, ItemTable.Bias(item));
    }

    // The order by score is that by the sum of weights plus a multiple of the product: sums need not be divided by a total that every event changes.
    private protected override T* RankingRow(int user)
    {
        Project(user);
        T scale = T.CreateTruncating(PerWeight);
        for (int f = 0; f < Stride; f++) _projection[f] *= scale;
        return _projection.Pointer;
    }

    private protected override double CommonScore(int user) => 0;

    private protected override double ListedScore(int user, double ranked) => ranked / PerWeight;

    private protected override double Train(int user, int item, in Example example)
    {
        double score = Predict(example, null, ItemTable.Row(item), user, item);
        CountPrior(item);
        _baskets.Rows.PushFront(user, ItemTable.Entities.Sequence(item));
        double length = Project(user), rate = Math.Min(_rate * example.Weight, 1), x = 1 / length;
        T* z = _projection.Pointer;
        foreach (uint met in _baskets.Rows.Entries(user))
        {
            int row = ItemTable.Entities.RowOfSequence(met);
            if (row >= 0)
            {
                ItemTable.Touch(row);
                if (!FactorKernel<T>.Move(ItemTable.Row(row), z, Stride, T.CreateTruncating(rate * x), T.One)) ItemTable.Reset(row);
                Refresh(row);
            }

            x *= _recency;
        }

        if (!FactorKernel<T>.Move(UserTable.Row(user), z, Stride, T.CreateTruncating(1 + rate), T.Zero)) UserTable.Reset(user);
        if (++_events % _every == 0)
        {
            _columns.Orthonormalize(ItemTable);
            RefreshAll();
        }

        return score;
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        writer.Shape("prior weight", _priorWeight);
        writer.Shape("recency", _recency);
        writer.Shape("orthonormalize every", _every);
        _decay.Save(ref writer);
        writer.Write(_events);
        writer.Write(_total);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        reader.Shape("prior weight", _priorWeight);
        reader.Shape("recency", _recency);
        reader.Shape("orthonormalize every", _every);
        _decay.Restore(ref reader);
        _events = reader.ReadCount();
        _total = reader.ReadFinite();
        if (_total < 0) throw new StateMismatchException($"The snapshot has {_total} as a sum of weights.");
    }

    private protected override void SaveByRow(ref StateWriter writer) => _baskets.Save(ref writer);

    private protected override void RestoreByRow(ref StateReader reader) => _baskets.Restore(ref reader, ItemTable.Entities);

    private protected override void DisposeLearner()
    {
        _projection.Dispose();
        _baskets.Dispose();
    }

    private static FactorShape Shape(IncrementalSvdOptions options, bool ranking) => new(options.Factors, Biases: true, Distance: false, ranking);

    /// <summary>Weights that a product of 1 is worth in the order of items.</summary>
    private double PerWeight => _priorWeight > 0 && _total > 0 ? _total / _priorWeight : 1;

    /// <summary>Makes the projection of a user's profile, zeros for who has none; returns the profile's length before it was divided by it.</summary>
    private double Project(int user)
    {
        _projection.AsSpan(0, Stride).Clear();
        if (user < 0) return 0;
        EntityTable items = ItemTable.Entities;
        ReadOnlySpan<uint> basket = _baskets.Rows.Entries(user);
        double x = 1, squares = 0;
        foreach (uint met in basket)
        {
            if (items.RowOfSequence(met) >= 0) squares += x * x;
            x *= _recency;
        }

        double length = Math.Sqrt(squares);
        x = 1 / length;
        foreach (uint met in basket)
        {
            int row = items.RowOfSequence(met);
            if (row >= 0) FactorKernel<T>.Move(_projection.Pointer, ItemTable.Row(row), Stride, T.CreateTruncating(x), T.One);
            x *= _recency;
        }

        return length;
    }

    private void CountPrior(int item)
    {
        if (_priorWeight == 0) return;
        double weight = _decay.Weigh(_events, out int shift);
        if (shift > 0)
        {
            _total = Math.ScaleB(_total, -shift);
            for (int row = 0; row < ItemTable.Entities.Count; row++)
            {
                ItemTable.Touch(row);
                ItemTable.Bias(row) = Math.ScaleB(ItemTable.Bias(row), -shift);
            }

            RefreshAll();
        }

        ItemTable.Bias(item) += weight;
        _total += weight;
    }
}
