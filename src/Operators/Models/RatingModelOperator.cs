using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Runs a rating model over the interactions that carry a value (and, unless it is a mere <see cref="IRatingModel"/>, name a user and an item): rank, list, score
/// and squared error are written, then the event is learned. Other events
/// pass untouched. Reports the prequential error of the clipped prediction.
/// </summary>
/// <remarks>Owns the model. State: the error so far, then the model's.</remarks>
public sealed class RatingModelOperator : IModelOperator, IStateful, IForgetful, IDisposable
{
    private readonly ColumnSlot<double> _score;
    private readonly ColumnSlot<double> _loss;
    private readonly RankColumns _ranks;
    private readonly TopColumns _tops;
    private readonly IPrefetchable? _prefetchable;
    private readonly ValueRange _range;
    private readonly IRecommender? _recommender;
    private readonly bool _anonymous;
    private RunningError _error;

    /// <summary>A stage around <paramref name="model"/>.</summary>
    /// <param name="binding">Columns, and the range that predictions are clipped to.</param>
    /// <param name="model">The model; an <see cref="IRecommender"/> if ranks or lists are demanded.</param>
    /// <param name="clip">Whether predictions are clipped to the range.</param>
    public RatingModelOperator(StageBinding binding, IRatingModel model, bool clip = true)
    {
        Model = model;
        _range = clip ? binding.Range : ValueRange.Unbounded;
        _prefetchable = model as IPrefetchable;
        (_score, _loss, _ranks, _tops) = (binding.WriteReal("score"), binding.WriteReal("loss"), new RankColumns(binding), new TopColumns(binding));
        _anonymous = model is not IRecommender;
        if (_ranks.Deepest > 0 || _tops.Any) _recommender = model as IRecommender ?? throw new ArgumentException($"{binding.Id} cannot rank, and a rank or list is demanded of it.", nameof(model));
    }

    /// <inheritdoc/>
    public IRatingModel Model { get; }

    /// <inheritdoc/>
    public string StateTag => Model.StateTag;

    /// <inheritdoc/>
    public int StateVersion => Model.StateVersion;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        Span<Event> events = batch.Events;
        Span<double> scores = _score.IsAssigned ? batch.Column(_score) : default;
        Span<double> losses = _loss.IsAssigned ? batch.Column(_loss) : default;
        for (int i = 0; i < events.Length; i++)
        {
            if (_prefetchable is not null && i + IPrefetchable.Distance < events.Length)
                _prefetchable.Prefetch(events[i + IPrefetchable.Distance].User, events[i + IPrefetchable.Distance].Item);
            ref readonly Event e = ref events[i];
            double score = double.NaN, loss = double.NaN;
            int rank = Ranks.None;
            if (e.IsRating && (_anonymous || (e.User != EntityKeyCodec.None && e.Item != EntityKeyCodec.None)))
            {
                Example example = Examples.Of(e, batch);
                if (_ranks.Deepest > 0) rank = _recommender!.Rank(example, _ranks.Deepest);
                if (_tops.Any) _tops.Write(batch, i, _recommender!, e.User);
                score = _range.Clip(Model.ScoreThenLearn(example));
                double error = score - e.Value;
                loss = error * error;
                _error.Add(error);
            }
            else if (_tops.Any)
            {
                _tops.WriteNone(batch, i);
            }

            if (!scores.IsEmpty) scores[i] = score;
            if (!losses.IsEmpty) losses[i] = loss;
            if (_ranks.Deepest > 0) _ranks.Write(batch, i, rank);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public void Report(StageReport report)
    {
        report.Set("events", _error.Count + _error.NonFinite);
        report.Set("mae", _error.Mae);
        report.Set("rmse", _error.Rmse, headline: true);
        report.Set("non_finite", _error.NonFinite);
        if (Model is IModelStatistics statistics) StatisticsReport.Add(report, statistics, ranking: _recommender is not null);
    }

    /// <summary>Erases what the model keeps of the user; counts and errors stay.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user) => (Model as IForgetful)?.Forget(user);

    /// <inheritdoc/>
    public void Freeze(long epoch) => Model.Freeze(epoch);

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        _error.Save(ref writer);
        Model.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        _error.Restore(ref reader);
        Model.Restore(ref reader, version);
    }

    /// <inheritdoc/>
    public void Dispose() => (Model as IDisposable)?.Dispose();
}
