using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models.Refits;

namespace Streaming.Operators.Models;

/// <summary>
/// Runs a model over the events that it learns from: rank, list, score and loss of each are written, then the event is learned. Other events pass untouched.
/// </summary>
/// <remarks>Owns the model. State: what the rule counts, then the model's.</remarks>
/// <typeparam name="TRule">How it learns.</typeparam>
public abstract class ModelOperator<TRule> : IModelOperator, IStateful, IForgetful, IDisposable
    where TRule : struct, ILearningRule
{
    private readonly ColumnSlot<double> _score;
    private readonly ColumnSlot<double> _loss;
    private readonly RankColumns _ranks;
    private readonly TopColumns _tops;
    private readonly AucColumns _aucs;
    private readonly int _depth;
    private readonly IPrefetchable? _prefetchable;
    private readonly IRecommender? _recommender;
    private TRule _rule;

    /// <summary>A stage around <paramref name="model"/>.</summary>
    /// <param name="binding">Columns.</param>
    /// <param name="model">The model; an <see cref="IRecommender"/> if ranks or lists are demanded.</param>
    /// <param name="rule">How it learns.</param>
    private protected ModelOperator(StageBinding binding, IRatingModel model, TRule rule)
    {
        (Model, _rule) = (model, rule);
        _prefetchable = model as IPrefetchable;
        (_score, _loss, _ranks, _tops) = (binding.WriteReal("score"), binding.WriteReal("loss"), new RankColumns(binding), new TopColumns(binding));
        if (binding.Items.HasLives) (model as IOfferedItems)?.Offer(binding.Items);
        _aucs = new AucColumns(binding);
        _depth = Math.Max(_ranks.Deepest, _aucs.Depth);
        if (_depth > 0 || _tops.Any) _recommender = model as IRecommender ?? throw new ArgumentException($"{binding.Id} cannot rank, and a rank or list is demanded of it.", nameof(model));
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
            if (_rule.Takes(e))
            {
                Example example = Examples.Of(e, batch);
                if (_depth > 0) rank = _recommender!.Rank(example, _depth);
                if (_aucs.Any) _aucs.Write(batch, i, _recommender!, example, rank);
                if (_tops.Any) _tops.Write(batch, i, _recommender!, example);
                score = _rule.Learn(example, out loss);
            }
            else
            {
                if (_aucs.Any) _aucs.WriteNone(batch, i);
                if (_tops.Any) _tops.WriteNone(batch, i);
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
        _rule.Report(report);
        if (Model is IModelStatistics statistics) StatisticsReport.Add(report, statistics, ranking: _recommender is not null);
        (Model as IRefitted)?.ReportRefits(report);
    }

    /// <summary>Erases what the model keeps of the user; what the rule counts stays.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user) => (Model as IForgetful)?.Forget(user);

    /// <inheritdoc/>
    public void Freeze(long epoch) => Model.Freeze(epoch);

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        _rule.Save(ref writer);
        Model.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        _rule.Restore(ref reader);
        Model.Restore(ref reader, version);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (Model as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }
}
