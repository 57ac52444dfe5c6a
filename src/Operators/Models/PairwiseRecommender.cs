using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Learns that a user puts the item it met before items it did not meet, which are drawn: what BPR and WARP share. The score is the item's bias plus the inner
/// product of factors.
/// </summary>
/// <remarks>
/// A step on the user's row p, the met item's q and a drawn item's n, with gradient g, all from the old values: p += rate (g (q - n) - l2 p),
/// q += rate (g p - l2 q), n += rate (-g p - l2 n); biases alike: b += bias rate (g - l2 b), and -g for the drawn one's. An item that the user has met is drawn
/// anew, <see cref="Attempts"/> times in all. A row or bias that is no longer sound afterwards starts anew and is counted. Draws are made on (seed, number of
/// the event learned).
/// The log loss of an event is -ln of the logistic function of its score, the probability of being put before an item that scores 0; at most -ln 1e-6.
/// One caller at a time. State: events learned, that of the base, and where items are drawn by popularity, how often each came.
/// </remarks>
public abstract unsafe class PairwiseRecommender<T> : FactorRecommender<T>, IImplicitModel
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>How often an item is drawn before the search for one that the user has not met is given up.</summary>
    public const int Attempts = NegativeDraws.Attempts;

    private readonly NativeBuffer<T> _oldUser;
    private readonly NegativeDraws _draws;
    private readonly ulong _seed;
    private readonly T _rate;
    private readonly T _decay;
    private readonly double _biasRate;
    private readonly double _biasDecay;
    private readonly double _clip;
    private readonly bool _biases;
    private readonly int _samples;
    private long _events;

    private protected PairwiseRecommender(PairwiseOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, ulong seed, bool ranking)
        : base(options, userRows, itemRows, Shape(options, ranking))
    {
        _oldUser = new NativeBuffer<T>(Stride);
        _seed = seed;
        (_biases, _samples, _clip) = (options.ItemBiases, options.Samples, options.GradientClip);
        _rate = T.CreateTruncating(options.LearningRate);
        _decay = T.CreateTruncating(1 - (options.LearningRate * options.Regularization));
        (_biasRate, _biasDecay) = (options.BiasLearningRate, 1 - (options.BiasLearningRate * options.BiasRegularization));
        _draws = new NegativeDraws(ItemTable.Entities, options.Sampling, options.Exponent);
        ItemTable.Leaving = _draws.Clear;
    }

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = ScoreThenLearn(example);
        loss = -Math.Log(Math.Max(PortableMath.Logistic(score), 1e-6));
        return score;
    }

    /// <summary>Most bytes of a model with these options.</summary>
    private protected static long BytesFor(PairwiseOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + NegativeDraws.BytesFor(options.Sampling, options.Items);

    private protected override bool Learns(in Example example) => Examples.HasWeight(example);

    private protected override double Predict(T* p, T* q, double userBias, double itemBias) => itemBias + double.CreateTruncating(FactorKernel<T>.Dot(p, q, Stride));

    private protected override double CommonScore(int user) => 0;

    private protected override double Train(int user, int item, in Example example)
    {
        double score = ScoreOf(user, item);
        CounterRng rng = new(_seed, (ulong)_events++);
        MarkedItems met = History!.Mark(user);
        for (int n = 0; n < _samples; n++) Compare(user, item, example.Weight, met, ref rng);
        _draws.Count(item);
        return score;
    }

    /// <summary>Draws an item that the user has not met, or several in search of one, and steps.</summary>
    private protected abstract void Compare(int user, int item, double weight, MarkedItems met, ref CounterRng rng);

    /// <summary>The score of a user and an item by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected double ScoreOf(int user, int item) =>
        ItemTable.Bias(item) + double.CreateTruncating(FactorKernel<T>.Dot(UserTable.Row(user), ItemTable.Row(item), Stride));

    /// <summary>An item that is neither the event's nor met by the user; -1 if none was found.</summary>
    private protected int Draw(int item, MarkedItems met, ref CounterRng rng) => _draws.Draw(item, met, ref rng);

    /// <summary>One step; <paramref name="gradient"/> is clipped.</summary>
    private protected void Step(int user, int item, int drawn, double gradient)
    {
        gradient = Math.Clamp(gradient, -_clip, _clip);
        ItemTable.Touch(drawn);
        T* p = UserTable.Row(user), q = ItemTable.Row(item), n = ItemTable.Row(drawn), old = _oldUser.Pointer;
        T step = _rate * T.CreateSaturating(gradient);
        Buffer.MemoryCopy(p, old, (long)Stride * sizeof(T), (long)Stride * sizeof(T));
        bool userSound = FactorKernel<T>.Move(p, q, Stride, step, _decay) & FactorKernel<T>.Move(p, n, Stride, -step, T.One);
        bool itemSound = FactorKernel<T>.Move(q, old, Stride, step, _decay);
        bool drawnSound = FactorKernel<T>.Move(n, old, Stride, -step, _decay);
        if (_biases)
        {
            ref double bias = ref ItemTable.Bias(item);
            ref double drawnBias = ref ItemTable.Bias(drawn);
            bias = (_biasRate * gradient) + (_biasDecay * bias);
            drawnBias = (_biasRate * -gradient) + (_biasDecay * drawnBias);
            itemSound &= Math.Abs(bias) < BiasLimit;
            drawnSound &= Math.Abs(drawnBias) < BiasLimit;
        }

        if (!userSound) UserTable.Reset(user);
        if (!itemSound) ItemTable.Reset(item);
        if (!drawnSound) ItemTable.Reset(drawn);
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        _draws.SaveShape(ref writer);
        writer.Write(_events);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        _draws.RestoreShape(ref reader);
        _events = reader.ReadCount();
    }

    private protected override void SaveByRow(ref StateWriter writer) => _draws.Save(ref writer);

    private protected override void RestoreByRow(ref StateReader reader) => _draws.Restore(ref reader);

    private protected override void DisposeLearner()
    {
        _oldUser.Dispose();
        _draws.Dispose();
    }

    // As for elements of rows, so that a score is finite.
    private static double BiasLimit => double.CreateTruncating(FactorKernel<T>.Limit);

    private static FactorShape Shape(PairwiseOptions options, bool ranking) => new(options.Factors, options.ItemBiases, Distance: false, ranking, Histories: true);
}
