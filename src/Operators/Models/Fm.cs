using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Factorization machine (Rendle 2010, "Factorization machines", equations 1 to 4, in the linear time of lemma 3.1, equation 5): intercept + weights + inner
/// products of the latents of every two features, each times the features' values; learned online on the squared error of ratings, or on the log loss of what was met (1) and of items
/// drawn that were not (0).
/// </summary>
/// <remarks>
/// Features are the user, the item, what the <see cref="ItemCatalogue"/> says of the item, and the event's context; with user and item alone it is matrix
/// factorization with biases. One event: the prediction is made, unclipped; with the gradient of the loss, 2(prediction - value) or probability - target, times the
/// importance weight and clipped, the intercept steps, then weights and latents, from their old values. Where feature values are so large that the score is not finite,
/// nothing is learned. O(features x latents) an example, 1 or 1 + negatives of them an event. One caller at a time.
/// </remarks>
public sealed unsafe class Fm<T> : ComposedRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly FmLoss _loss;
    private readonly int _negatives;
    private readonly NativeBuffer<T> _along;
    private readonly NativeBuffer<T> _alone;

    /// <summary>A model whose initial rows are drawn on (seed, bucket).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the hash, of the initial rows and of the items drawn.</param>
    /// <param name="catalogue">What is known of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Fm(FmOptions options, ulong seed, ItemCatalogue catalogue, bool ranking = true)
        : this(options, null, catalogue, seed, ranking)
    {
    }

    /// <summary>A model with the given initial rows: latents and then the weight of each bucket, numbered from 1, and of the intercept after the last.</summary>
    internal Fm(FmOptions options, IRowInitializer<T>? rows, ItemCatalogue catalogue, ulong seed, bool ranking = true)
        : base(options, Layout(options), pairs: true, double.PositiveInfinity, rows, catalogue, seed, ranking)
    {
        (_loss, _negatives) = (options.Loss, options.Negatives);
        (_along, _alone) = (new NativeBuffer<T>(Table.Stride), new NativeBuffer<T>(Table.Stride));
    }

    /// <inheritdoc/>
    public override string StateTag => "fm";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(FmOptions options, ItemCatalogue catalogue, bool ranking) => BytesFor(options, Layout(options), catalogue, ranking);

    private protected override bool Learns(in Example example) => Examples.HasWeight(example) && (_loss == FmLoss.Logistic || double.IsFinite(example.Value));

    private protected override double Common(FeatureSide<T> user) => Intercept + user.Linear + user.Pairs;

    private protected override double Train(int user, int item, in Example example) => Regress(user, item, example, _loss, _negatives);

    private protected override void Descend(FeatureSide<T> item, double gradient)
    {
        int stride = Table.Stride;
        T* along = _along.Pointer;
        _alone[Table.Latents] = T.CreateSaturating(gradient);
        Table.Step(AdmitIntercept(), _alone.Pointer);
        Buffer.MemoryCopy(UserSide.Sum, along, (long)stride * sizeof(T), (long)stride * sizeof(T));
        FactorKernel<T>.Move(along, item.Sum, stride, T.One, T.One);
        Step(UserSide, gradient, along);
        Step(item, gradient, along);
    }

    private protected override void SaveShape(ref StateWriter writer) => writer.Shape("loss", (long)_loss);

    private protected override void RestoreShape(ref StateReader reader) => reader.Shape("loss", (long)_loss);

    private protected override void DisposeLearner()
    {
        base.DisposeLearner();
        _along.Dispose();
        _alone.Dispose();
    }

    private static FeatureLayout Layout(FmOptions options) => new(
        options.Factors,
        new FeatureRates(
            options.Optimizer, options.LearningRate, options.WeightLearningRate, options.Regularization, options.WeightRegularization, options.L1, options.Beta),
        options.Intercept,
        Identity: true,
        Histories: options.Loss == FmLoss.Logistic);
}
