using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// What all learners of ratings by factors share: the prediction, which is mean + user bias + item bias + inner product of factors or that product alone, and the mean, which
/// takes a value before anything else learns from it.
/// </summary>
/// <remarks>State: the mean, then that of the base.</remarks>
public abstract unsafe class RatingRecommender<T> : FactorRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _meanAndBiases;
    private readonly double _clip;
    private WeightedMean _mean;

    private protected RatingRecommender(
        RecommenderOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, FactorShape shape, bool meanAndBiases, double clip = double.PositiveInfinity)
        : base(options, userRows, itemRows, shape) => (_meanAndBiases, _clip) = (meanAndBiases, clip);

    /// <summary>The mean of the values learned from; 0 before the first.</summary>
    public double Mean => _mean.Value;

    /// <summary>The mean, where it is part of the prediction; else 0.</summary>
    public sealed override double Intercept => _meanAndBiases ? _mean.Value : 0;

    private protected override bool Learns(in Example example) => double.IsFinite(example.Value) && Examples.HasWeight(example);

    private protected override double Predict(T* p, T* q, double userBias, double itemBias) => Intercept + userBias + itemBias + Product(p, q);

    private protected override double CommonScore(int user) => Intercept + UserTable.Bias(user);

    private protected override double Target(double value) => value - Intercept;

    private protected override double RefitLoss(double score, in Example example) => (score - example.Value) * (score - example.Value);

    /// <summary>Lets the mean learn the example, if it is new to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void Meet(in Example example)
    {
        if (Rehearsal == Rehearsal.None) _mean.Add(example.Value, example.Weight);
    }

    /// <summary>Derivative of the squared error by the prediction, times the example's importance, clipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected double Gradient(double prediction, in Example example) => Math.Clamp(2 * example.Weight * (prediction - example.Value), -_clip, _clip);

    /// <summary>Inner product of two rows; 0 where there are no factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected double Product(T* p, T* q) => Stride > 0 ? double.CreateTruncating(FactorKernel<T>.Dot(p, q, Stride)) : 0;

    private protected override void SaveLearner(ref StateWriter writer) => _mean.Save(ref writer);

    private protected override void RestoreLearner(ref StateReader reader) => _mean.Restore(ref reader);
}
