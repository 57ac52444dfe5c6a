using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Models;

/// <summary>
/// Runs an implicit recommender over the interactions that name a user and an item: rank, list, score and log loss are written, then the event is learned. Other
/// events pass untouched.
/// </summary>
/// <remarks>Owns the model. State: the counts, then the model's.</remarks>
public sealed class RankerOperator : IModelOperator, IStateful, IForgetful, IDisposable
{
    private readonly ColumnSlot<double> _score;
    private readonly ColumnSlot<double> _loss;
    private readonly RankColumns _ranks;
    private readonly TopColumns _tops;
    private readonly IPrefetchable? _prefetchable;
    private readonly IImplicitModel _model;
    private long _events;
    private long _nonFinite;

    /// <summary>A stage around <paramref name="model"/>.</summary>
    public RankerOperator(StageBinding binding, IImplicitModel model)
    {
        _model = model;
        _prefetchable = model as IPrefetchable;
        (_score, _loss, _ranks, _tops) = (binding.WriteReal("score"), binding.WriteReal("loss"), new RankColumns(binding), new TopColumns(binding));
    }

    /// <inheritdoc/>
    public IRatingModel Model => _model;

    /// <inheritdoc/>
    public string StateTag => _model.StateTag;

    /// <inheritdoc/>
    public int StateVersion => _model.StateVersion;

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
            if (e.Kind == EventKind.Interaction && e.User != EntityKeyCodec.None && e.Item != EntityKeyCodec.None)
            {
                Example example = Examples.Of(e, batch);
                if (_ranks.Deepest > 0) rank = _model.Rank(example, _ranks.Deepest);
                if (_tops.Any) _tops.Write(batch, i, _model, e.User);
                score = _model.ScoreThenLearn(example, out loss);
                _events++;
                if (!double.IsFinite(score)) _nonFinite++;
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
        report.Set("events", _events);
        report.Set("non_finite", _nonFinite);
        if (_model is IModelStatistics statistics) StatisticsReport.Add(report, statistics, ranking: _ranks.Deepest > 0 || _tops.Any);
    }

    /// <summary>Erases what the model keeps of the user; counts stay.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user) => (_model as IForgetful)?.Forget(user);

    /// <inheritdoc/>
    public void Freeze(long epoch) => _model.Freeze(epoch);

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Write(_events);
        writer.Write(_nonFinite);
        _model.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        _events = reader.ReadCount();
        _nonFinite = reader.ReadCount();
        _model.Restore(ref reader, version);
    }

    /// <inheritdoc/>
    public void Dispose() => (_model as IDisposable)?.Dispose();
}
