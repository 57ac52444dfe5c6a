using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Learns ratings by stochastic gradient descent on the squared error, one step an event (Koren, Bell, Volinsky 2009, "Matrix factorization techniques for
/// recommender systems"), by River's rule: the global mean takes the value first; the prediction is then made again with it, unclipped; all gradients,
/// 2(prediction - value)
/// times the other factor plus l2 times the own, are taken at the old values; then all parameters step at once.
/// </summary>
/// <remarks>
/// The importance weight multiplies the gradient of the loss, which is then clipped. A row (<see cref="FactorKernel{T}.Limit"/>) or bias that is no longer
/// sound afterwards starts anew and is counted.
/// Means and biases are doubles, factors are <typeparamref name="T"/>.
/// </remarks>
public abstract unsafe class SgdFactorization<T> : FactorRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly SgdSettings _settings;
    private readonly T _decay;
    private WeightedMean _mean;

    private protected SgdFactorization(RecommenderOptions options, SgdSettings settings, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking)
        : base(options, userRows, itemRows, new FactorShape(settings.Factors, settings.MeanAndBiases, Distance: false, ranking))
    {
        _settings = settings;
        _decay = T.CreateTruncating(1 - (settings.LearningRate * settings.Regularization));
    }

    /// <summary>The mean of the values learned from; 0 before the first.</summary>
    public double Mean => _mean.Value;

    /// <inheritdoc/>
    public sealed override double Intercept => _settings.MeanAndBiases ? _mean.Value : 0;

    private protected override bool Learns(in Example example) => double.IsFinite(example.Value) && Examples.HasWeight(example);

    private protected override double Predict(T* p, T* q, double userBias, double itemBias) => Intercept + userBias + itemBias + Product(p, q);

    private protected override double CommonScore(int user) => Intercept + UserTable.Bias(user);

    private protected override double Train(int user, int item, in Example example)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        ref double userBias = ref UserTable.Bias(user);
        ref double itemBias = ref ItemTable.Bias(item);
        double product = Product(p, q);
        double score = Intercept + userBias + itemBias + product;
        _mean.Add(example.Value, example.Weight);
        double error = Intercept + userBias + itemBias + product - example.Value;
        double gradient = Math.Clamp(2 * example.Weight * error, -_settings.GradientClip, _settings.GradientClip);
        StepOutcome outcome = StepOutcome.Sound;
        if (_settings.MeanAndBiases)
        {
            userBias -= _settings.BiasLearningRate * (gradient + (_settings.BiasRegularization * userBias));
            itemBias -= _settings.BiasLearningRate * (gradient + (_settings.BiasRegularization * itemBias));
            if (!double.IsFinite(userBias)) outcome |= StepOutcome.FirstRowLost;
            if (!double.IsFinite(itemBias)) outcome |= StepOutcome.SecondRowLost;
        }

        if (Stride > 0) outcome |= FactorKernel<T>.Step(p, q, Stride, T.CreateTruncating(-_settings.LearningRate * gradient), _decay, _decay);
        if (outcome != StepOutcome.Sound) Repair(outcome, user, item);
        return score;
    }

    private protected override void SaveLearner(ref StateWriter writer) => _mean.Save(ref writer);

    private protected override void RestoreLearner(ref StateReader reader) => _mean.Restore(ref reader);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Product(T* p, T* q) => Stride > 0 ? double.CreateTruncating(FactorKernel<T>.Dot(p, q, Stride)) : 0;
}
