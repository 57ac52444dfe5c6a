using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// LightFM (Kula 2015, "Metadata embeddings for user and item cold-start recommendations", section 3): the score is the inner product of the sum of the user's
/// embeddings (the user's own and those of the context) and the sum of the item's (its own and those of its features), plus the sums of their biases; learned in one pass by AdaGrad on
/// WARP, BPR or log loss. Without features of items and context it is WARP, BPR or logistic matrix factorization.
/// </summary>
/// <remarks>
/// Warp: a few times over, items are drawn until one is not behind the met item by the margin, and the step is weighted by the rank that this estimates
/// (<see cref="Warp{T}"/>). Bpr: with x the score of the met item less that of a drawn one, the gradient is logistic(-x). Logistic: the met item is 1, drawn ones are 0; only
/// then users and context have biases. After a step embeddings that are too long are scaled back. All embeddings of a step move from their old values; the gradient is times the importance weight, and clipped. O(samples x trials x
/// (features x factors + log items)) an event. One caller at a time.
/// </remarks>
public sealed unsafe class LightFm<T> : ComposedRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LightFmLoss _loss;
    private readonly bool _identity;
    private readonly int _samples;
    private readonly int _maxTrials;
    private readonly double _margin;
    private readonly WarpWeight _weighting;
    private readonly NativeBuffer<T> _apart;

    /// <summary>A model whose initial embeddings are drawn on (seed, bucket).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the hash, of the initial embeddings and of the items drawn.</param>
    /// <param name="catalogue">What is known of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public LightFm(LightFmOptions options, ulong seed, ItemCatalogue catalogue, bool ranking = true)
        : base(options, Layout(options), pairs: false, options.MaxNorm, null, catalogue, seed, ranking)
    {
        (_loss, _identity, _samples) = (options.Loss, options.Identity, options.Samples);
        (_maxTrials, _margin, _weighting) = (options.MaxTrials, options.Margin, options.Weighting);
        _apart = new NativeBuffer<T>(Table.Stride);
    }

    /// <inheritdoc/>
    public override string StateTag => "lightfm";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(LightFmOptions options, ItemCatalogue catalogue, bool ranking) => BytesFor(options, Layout(options), catalogue, ranking);

    private protected override bool Learns(in Example example) => Examples.HasWeight(example);

    private protected override double Common(FeatureSide<T> user) => user.Linear;

    private protected override double Train(int user, int item, in Example example)
    {
        if (_loss == LightFmLoss.Logistic) return Regress(user, item, example, FmLoss.Logistic, _samples);
        double score = Predict(UserSide, ItemSide);
        CounterRng rng = EventRng();
        for (int n = 0; n < _samples; n++)
        {
            if (_loss == LightFmLoss.Warp) Search(user, item, example.Weight, ref rng);
            else Compare(user, item, example.Weight, ref rng);
        }

        return score;
    }

    private protected override void Descend(FeatureSide<T> item, double gradient)
    {
        Step(UserSide, gradient, item.Sum);
        Step(item, gradient, UserSide.Sum);
    }

    private protected override void SaveShape(ref StateWriter writer)
    {
        writer.Shape("loss", (long)_loss);
        writer.Shape("identity", _identity ? 1 : 0);
    }

    private protected override void RestoreShape(ref StateReader reader)
    {
        reader.Shape("loss", (long)_loss);
        reader.Shape("identity", _identity ? 1 : 0);
    }

    private protected override void DisposeLearner()
    {
        base.DisposeLearner();
        _apart.Dispose();
    }

    private static FeatureLayout Layout(LightFmOptions options) => new(
        options.Factors,
        new FeatureRates(options.Optimizer, options.LearningRate, options.BiasLearningRate, options.Regularization, options.BiasRegularization),
        Intercept: 0,
        options.Identity,
        Histories: true);

    private void Search(int user, int item, float weight, ref CounterRng rng)
    {
        double bound = Predict(UserSide, ItemSide) - _margin;
        for (int trial = 1; trial <= _maxTrials; trial++)
        {
            int drawn = Draw(user, item, ref rng);
            if (drawn < 0) return;
            Look(OtherSide, drawn);
            if (!(Predict(UserSide, OtherSide) > bound)) continue;
            Separate(WarpSteps.Of(_weighting, ItemCount, trial), weight);
            return;
        }
    }

    private void Compare(int user, int item, float weight, ref CounterRng rng)
    {
        int drawn = Draw(user, item, ref rng);
        if (drawn < 0) return;
        Look(OtherSide, drawn);
        Separate(PortableMath.Logistic(Predict(UserSide, OtherSide) - Predict(UserSide, ItemSide)), weight);
    }

    // The item at hand is put further before the other one.
    private void Separate(double slope, float weight)
    {
        if (!double.IsFinite(slope)) return;
        double gradient = Clipped(slope, weight);
        int stride = Table.Stride;
        T* apart = _apart.Pointer;
        OtherSide.Admit();
        Buffer.MemoryCopy(ItemSide.Sum, apart, (long)stride * sizeof(T), (long)stride * sizeof(T));
        FactorKernel<T>.Move(apart, OtherSide.Sum, stride, -T.One, T.One);
        Step(UserSide, -gradient, apart, weights: false);
        Step(ItemSide, -gradient, UserSide.Sum);
        Step(OtherSide, gradient, UserSide.Sum);
        Compose(UserSide);
        Compose(ItemSide);
    }
}
