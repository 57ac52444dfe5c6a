using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <content>What takes more than one step with constant rates: rates by row, biases that hold for a time, factors that are never negative; and the state.</content>
public abstract unsafe partial class SgdFactorization<T>
{
    private NativeBuffer<T>? _oldUser;
    private RowRates? _userRates;
    private RowRates? _itemRates;
    private BucketBiases? _buckets;
    private ulong _rankedBucket;

    /// <summary>Most bytes of a model with these settings.</summary>
    private protected static long BytesFor(RecommenderOptions options, in SgdSettings settings, bool ranking, RefitOptions? refit = null) =>
        BytesFor(options, Shape(settings, ranking)) + (refit is null ? 0 : RefitBytesFor(options, refit, settings.Factors, settings.Objective)) + RowRates.BytesFor(options.Users, settings.Schedule) + RowRates.BytesFor(options.Items, settings.Schedule)
        + (settings.TimeBucketDays > 0 ? BucketBiases.BytesFor(options.Items, settings.TimeBuckets) : 0);

    private protected override double Predict(in Example example, T* p, T* q, int user, int item)
    {
        double score = base.Predict(example, p, q, user, item);
        return _buckets is null || item < 0 ? score : score + _buckets.Of(item, _buckets.Number(example.Time));
    }

    private protected override void PrepareRanking(in Example example)
    {
        if (_buckets is null || _buckets.Number(example.Time) == _rankedBucket) return;
        _rankedBucket = _buckets.Number(example.Time);
        RefreshAll();
    }

    private protected override double RankingBias(int item) => _buckets is null ? ItemTable.Bias(item) : ItemTable.Bias(item) + _buckets.Of(item, _rankedBucket);

    private protected override void SaveLearner(ref StateWriter writer)
    {
        // What is plain was there first, and names none of this.
        if (!_plain) ShapeOf(ref writer);
        base.SaveLearner(ref writer);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        if (!_plain) ShapeOf(ref reader);
        base.RestoreLearner(ref reader);
    }

    private protected override void SaveByRow(ref StateWriter writer)
    {
        _userRates?.Save(ref writer);
        _itemRates?.Save(ref writer);
        _buckets?.Save(ref writer);
    }

    private protected override void RestoreByRow(ref StateReader reader)
    {
        _userRates?.Restore(ref reader);
        _itemRates?.Restore(ref reader);
        _buckets?.Restore(ref reader);
    }

    private protected override void DisposeLearner()
    {
        _oldUser?.Dispose();
        _userRates?.Dispose();
        _itemRates?.Dispose();
        _buckets?.Dispose();
    }

    private void Extend()
    {
        _oldUser = new NativeBuffer<T>(Stride);
        if (_settings.Schedule != RateSchedule.Constant)
        {
            _userRates = new RowRates(UserTable.Entities, _settings.Schedule, _settings.Decay);
            _itemRates = new RowRates(ItemTable.Entities, _settings.Schedule, _settings.Decay);
        }

        if (_settings.TimeBucketDays > 0) _buckets = new BucketBiases(ItemTable.Entities, _settings.TimeBucketDays, _settings.TimeBuckets);
        (UserTable.Leaving, ItemTable.Leaving) = (UserLeaves, ItemLeaves);
    }

    private double TrainExtended(int user, int item, in Example example)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        ref double userBias = ref UserTable.Bias(user);
        ref double itemBias = ref ItemTable.Bias(item);
        ulong bucket = _buckets?.Number(example.Time) ?? 0;
        double product = Product(p, q), bucketBias = _buckets?.Of(item, bucket) ?? 0;
        double score = Intercept + userBias + itemBias + product + bucketBias;
        Meet(example);
        double gradient = Gradient(Intercept + userBias + itemBias + product + bucketBias, example);
        (double Factors, double Bias) userRates = Rates(_userRates, user, p, q, product, gradient, userBias), itemRates = Rates(_itemRates, item, q, p, product, gradient, itemBias);
        StepOutcome outcome = Stride > 0 ? StepRows(p, q, gradient, userRates.Factors, itemRates.Factors) : StepOutcome.Sound;
        if (_settings.MeanAndBiases)
        {
            userBias -= _settings.BiasLearningRate * userRates.Bias * (gradient + (_settings.BiasRegularization * userBias));
            itemBias -= _settings.BiasLearningRate * itemRates.Bias * (gradient + (_settings.BiasRegularization * itemBias));
            bucketBias -= _settings.BiasLearningRate * itemRates.Bias * (gradient + (_settings.BiasRegularization * bucketBias));
            if (!double.IsFinite(userBias)) outcome |= StepOutcome.FirstRowLost;
            if (!double.IsFinite(itemBias) || !double.IsFinite(bucketBias)) outcome |= StepOutcome.SecondRowLost;
            _buckets?.Set(item, bucket, bucketBias);
        }

        if (outcome != StepOutcome.Sound) StartAnew(outcome, user, item);
        return score;
    }

    /// <summary>Steps on both rows from their old values, each with its own rate.</summary>
    private StepOutcome StepRows(T* p, T* q, double gradient, double userRate, double itemRate)
    {
        T* old = _oldUser!.Pointer;
        Buffer.MemoryCopy(p, old, (long)Stride * sizeof(T), (long)Stride * sizeof(T));
        bool userSound = Move(p, q, gradient, _settings.LearningRate * userRate), itemSound = Move(q, old, gradient, _settings.LearningRate * itemRate);
        return (userSound ? StepOutcome.Sound : StepOutcome.FirstRowLost) | (itemSound ? StepOutcome.Sound : StepOutcome.SecondRowLost);
    }

    private bool Move(T* to, T* from, double gradient, double rate)
    {
        bool sound = FactorKernel<T>.Move(to, from, Stride, T.CreateTruncating(-rate * gradient), T.CreateTruncating(1 - (rate * _settings.Regularization)));
        if (_settings.NonNegative) FactorKernel<T>.RaiseToZero(to, Stride);
        return sound;
    }

    private (double Factors, double Bias) Rates(RowRates? rates, int row, T* own, T* other, double product, double gradient, double bias)
    {
        if (rates is null) return (1, 1);
        double factorSquare = 0, biasGradient = gradient + (_settings.BiasRegularization * bias);
        if (rates.NeedsSquares && Stride > 0)
        {
            // The mean square of gradient x other + l2 x own.
            double l2 = _settings.Regularization;
            factorSquare = (gradient * gradient * Product(other, other)) + (2 * gradient * l2 * product) + (l2 * l2 * Product(own, own));
            factorSquare = Math.Max(0, factorSquare / _settings.Factors);
        }

        return rates.Next(row, factorSquare, biasGradient * biasGradient);
    }

    private void StartAnew(StepOutcome outcome, int user, int item)
    {
        Repair(outcome, user, item);
        if (outcome.HasFlag(StepOutcome.FirstRowLost)) UserLeaves(user);
        if (outcome.HasFlag(StepOutcome.SecondRowLost)) ItemLeaves(item);
    }

    private void UserLeaves(int user) => _userRates?.Clear(user);

    private void ItemLeaves(int item)
    {
        _itemRates?.Clear(item);
        _buckets?.Clear(item);
    }

    private void ShapeOf(ref StateWriter writer)
    {
        writer.Shape("schedule", (long)_settings.Schedule);
        writer.Shape("time bucket", _settings.TimeBucketDays);
        writer.Shape("time buckets", _settings.TimeBuckets);
    }

    private void ShapeOf(ref StateReader reader)
    {
        reader.Shape("schedule", (long)_settings.Schedule);
        reader.Shape("time bucket", _settings.TimeBucketDays);
        reader.Shape("time buckets", _settings.TimeBuckets);
    }
}
