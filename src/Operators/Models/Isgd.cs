using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Incremental matrix factorization for positive-only feedback (Vinagre, Jorge, Gama 2014, "Fast incremental matrix factorization for recommendation with
/// positive-only
/// feedback", algorithm 1): every event is a 1 to be predicted; a few times over, the user's row steps, then the item's row with the new user's.
/// </summary>
/// <remarks>
/// p += rate (err q - l2 p), then q += rate (err p - l2 q), with err = 1 - p.q times the importance weight, clipped. O(iterations x factors) an event. One
/// caller at a time.
/// The log loss of an event is -ln of 1 - |1 - p.q|, clamped to [1e-6, 1 - 1e-6].
/// </remarks>
public unsafe class Isgd<T> : FactorRecommender<T>, IImplicitModel
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly double _clip;
    private readonly (T Rate, T Decay) _own;
    private readonly (T Rate, T Decay) _refit;
    private readonly int _iterations;
    private readonly bool _distance;
    private T _rate;
    private T _decay;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Isgd(IsgdOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking, CounterRng.Derive(seed, "refits"))
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="userRows">Initial rows of users.</param>
    /// <param name="itemRows">Initial rows of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    /// <param name="refitSeed">Seed of what re-fits draw.</param>
    public Isgd(IsgdOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true, ulong refitSeed = 0)
        : base(options, userRows, itemRows, Shape(options, ranking))
    {
        _own = Rates(options.LearningRate, options.Regularization);
        _refit = Rates(options.Refit.LearningRate ?? options.LearningRate, options.Refit.Regularization ?? options.Regularization);
        (_rate, _decay) = _own;
        StartRefits(options.Refit, Objective(options), refitSeed);
        (_clip, _iterations, _distance) = (options.GradientClip, options.Iterations, options.Ranking == IsgdRanking.Distance);
    }

    /// <inheritdoc/>
    public override string StateTag => "isgd";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(IsgdOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + RefitBytesFor(options, options.Refit, options.Factors, Objective(options));

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = ScoreThenLearn(example);
        loss = RefitLoss(score, example);
        return score;
    }

    private protected override double RefitLoss(double score, in Example example)
    {
        double nearness = _distance ? 1 + score : 1 - Math.Abs(1 - score);
        return -Math.Log(nearness >= 1e-6 ? Math.Min(nearness, 1 - 1e-6) : 1e-6);
    }

    private protected override bool Learns(in Example example) => Examples.HasWeight(example);

    private protected override double Predict(T* p, T* q, double userBias, double itemBias) => Score(FactorKernel<T>.Dot(p, q, Stride));

    private protected override double CommonScore(int user) => 0;

    private protected override double Train(int user, int item, in Example example)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        T clip = T.CreateSaturating(_clip), weight = T.CreateTruncating(example.Weight);
        T product = FactorKernel<T>.Dot(p, q, Stride);
        double score = Score(product);
        StepOutcome outcome = StepOutcome.Sound;
        for (int n = 0; n < _iterations; n++)
        {
            if (n > 0) product = FactorKernel<T>.Dot(p, q, Stride);
            T error = T.Clamp((T.One - product) * weight, -clip, clip);
            outcome |= FactorKernel<T>.StepInTurn(p, q, Stride, _rate * error, _decay, _decay);
        }

        if (outcome != StepOutcome.Sound) Repair(outcome, user, item);
        return score;
    }

    /// <summary>Steps the user's row alone, towards another target; says whether it is still sound.</summary>
    private protected bool StepUser(int user, int item, T target, float importance)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        T clip = T.CreateSaturating(_clip), weight = T.CreateTruncating(importance);
        bool sound = true;
        for (int n = 0; n < _iterations; n++)
        {
            T error = T.Clamp((target - FactorKernel<T>.Dot(p, q, Stride)) * weight, -clip, clip);
            sound &= FactorKernel<T>.Move(p, q, Stride, _rate * error, _decay);
        }

        return sound;
    }

    private protected override void Rehearsing(bool samples) => (_rate, _decay) = samples ? _refit : _own;

    private protected override void SaveLearner(ref StateWriter writer)
    {
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
    }

    private static (T Rate, T Decay) Rates(double rate, double l2) => (T.CreateTruncating(rate), T.CreateTruncating(1 - (rate * l2)));

    private static RefitShape Objective(IsgdOptions options) => new(Biases: false, options.Refit.Regularization ?? options.Regularization, 0);

    private static FactorShape Shape(IsgdOptions options, bool ranking) =>
        new(options.Factors, Biases: false, options.Ranking == IsgdRanking.Distance, ranking, Precision: options.Precision);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Score(T product)
    {
        double value = double.CreateTruncating(product);
        return _distance ? -Math.Abs(1 - value) : value;
    }
}
