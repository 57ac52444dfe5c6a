using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models.Refits;
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
public abstract unsafe partial class SgdFactorization<T> : RatingRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly SgdSettings _ownSettings;
    private readonly SgdSettings _refitSettings;
    private readonly bool _plain;
    private SgdSettings _settings;
    private T _decay;

    private protected SgdFactorization(
        RecommenderOptions options, SgdSettings settings, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking, RefitOptions? refit = null, ulong seed = 0)
        : base(options, userRows, itemRows, Shape(settings, ranking), settings.MeanAndBiases, settings.GradientClip)
    {
        (_ownSettings, _plain) = (settings, settings.IsPlain);
        Use(settings);
        if (!_plain) Extend();
        if (refit is not { Every: > 0 }) return;
        if (!_plain) throw new ArgumentException("What is fitted anew must have constant rates and no biases of a time.", nameof(refit));
        _refitSettings = settings.For(refit);
        StartRefits(refit, _refitSettings.Objective, seed);
    }

    private protected override double Train(int user, int item, in Example example)
    {
        if (!_plain) return TrainExtended(user, item, example);
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        ref double userBias = ref UserTable.Bias(user);
        ref double itemBias = ref ItemTable.Bias(item);
        double product = Product(p, q);
        double score = Intercept + userBias + itemBias + product;
        Meet(example);
        double gradient = Gradient(Intercept + userBias + itemBias + product, example);
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

    private protected override void Rehearsing(bool samples) => Use(samples ? _refitSettings : _ownSettings);

    private void Use(in SgdSettings settings) =>
        (_settings, _decay) = (settings, T.CreateTruncating(1 - (settings.LearningRate * settings.Regularization)));

    private static FactorShape Shape(in SgdSettings settings, bool ranking) => new(settings.Factors, settings.MeanAndBiases, Distance: false, ranking, Precision: settings.Precision);
}
