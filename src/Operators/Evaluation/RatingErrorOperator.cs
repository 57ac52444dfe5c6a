using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// Mean absolute and root mean squared error of a model's predictions: over everything, from an event on, over the last ones, with fading memory, and by the age of users and items.
/// </summary>
/// <remarks>Counts every event for which there is both a value and a prediction. One caller at a time.</remarks>
public sealed class RatingErrorOperator : IOperator, IStateful, IForgetful, IDisposable
{
    private readonly string _model;
    private readonly long _from;
    private readonly AgedEvents<AgedErrors>? _ages;
    private readonly ColumnSlot<double> _score;
    private readonly (ColumnSlot<double> Mae, ColumnSlot<double> Rmse) _runningOut;
    private readonly (ColumnSlot<double> Mae, ColumnSlot<double> Rmse) _windowOut;
    private readonly (ColumnSlot<double> Mae, ColumnSlot<double> Rmse) _fadingOut;
    private readonly bool _writes;
    private readonly WindowedError _window;
    private RunningError _running;
    private RunningError _late;
    private FadingError _fading;

    /// <summary>A stage that reads the model's <c>score</c>.</summary>
    public RatingErrorOperator(RatingErrorOptions options, StageBinding binding)
    {
        (_model, _from) = (options.Model, options.From);
        if (options.Ages) _ages = new AgedEvents<AgedErrors>(options.AgeUsers, options.AgeItems, () => new AgedErrors());
        _score = binding.ReadReal($"{options.Model}.score");
        _runningOut = (binding.WriteReal("mae"), binding.WriteReal("rmse"));
        _windowOut = (binding.WriteReal("window_mae"), binding.WriteReal("window_rmse"));
        _fadingOut = (binding.WriteReal("fading_mae"), binding.WriteReal("fading_rmse"));
        _writes = _runningOut.Mae.IsAssigned || _runningOut.Rmse.IsAssigned || _windowOut.Mae.IsAssigned || _windowOut.Rmse.IsAssigned
            || _fadingOut.Mae.IsAssigned || _fadingOut.Rmse.IsAssigned;
        _window = new WindowedError(options.Window);
        _fading = new FadingError(options.Fading);
    }

    /// <inheritdoc/>
    public string StateTag => "rating-error";

    /// <inheritdoc/>
    public int StateVersion => 2;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Most bytes of a stage with these options.</summary>
    public static long BytesFor(RatingErrorOptions options) =>
        WindowedError.BytesFor(options.Window) + 256 + (options.Ages ? AgedEvents<AgedErrors>.BytesFor(options.AgeUsers, options.AgeItems) + 1024 : 0);

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        ReadOnlySpan<double> scores = batch.Column(_score);
        Span<Event> events = batch.Events;
        for (int i = 0; i < events.Length; i++)
        {
            bool judged = events[i].IsRating && !double.IsNaN(scores[i]);
            if (judged)
            {
                double error = scores[i] - events[i].Value;
                _running.Add(error);
                _window.Add(error);
                _fading.Add(error);
                if (_from > 0 && batch.FirstOrdinal + i >= _from) _late.Add(error);
                if (_ages is not null) AddByAge(_ages, events[i], error);
            }

            if (_writes) Write(batch, i, judged);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public void Report(StageReport report)
    {
        report.Set("model", _model);
        report.Set("events", _running.Count + _running.NonFinite);
        report.Set("mae", _running.Mae);
        report.Set("rmse", _running.Rmse, headline: true);
        report.Set("window_mae", _window.Mae);
        report.Set("window_rmse", _window.Rmse, headline: true);
        report.Set("fading_mae", _fading.Mae);
        report.Set("fading_rmse", _fading.Rmse);
        report.Set("non_finite", _running.NonFinite);
        if (_from > 0)
        {
            report.Set("late_events", _late.Count + _late.NonFinite);
            report.Set("late_mae", _late.Mae);
            report.Set("late_rmse", _late.Rmse);
        }

        _ages?.Report(report);
    }

    /// <summary>Erases how many events the user has had. The errors, over all events, stay.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user) => _ages?.Forget(user);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>
    /// Layout: the judged model as shape; the errors of all time, of the window, with fading memory; From and Ages as shape, the errors of the late events, the ages. Version 1 ends with
    /// the errors with fading memory.
    /// </summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Model", _model);
        _running.Save(ref writer);
        _window.Save(ref writer);
        _fading.Save(ref writer);
        writer.Shape("From", _from);
        writer.Shape("Ages", _ages is null ? 0 : 1);
        if (_from > 0) _late.Save(ref writer);
        _ages?.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Model", _model);
        _running.Restore(ref reader);
        _window.Restore(ref reader);
        _fading.Restore(ref reader);
        if (version == 1)
        {
            if (_from > 0 || _ages is not null) throw new StateMismatchException("The snapshot was made before From and Ages: they count from the beginning of a stream.");
            return;
        }

        reader.Shape("From", _from);
        reader.Shape("Ages", _ages is null ? 0 : 1);
        if (_from > 0) _late.Restore(ref reader);
        _ages?.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _ages?.Dispose();

    private static void AddByAge(AgedEvents<AgedErrors> ages, in Event e, double error)
    {
        (AgedErrors user, AgedErrors item) = ages.Of(e.User, e.Item);
        user.Add(error);
        item.Add(error);
    }

    private void Write(EventBatch batch, int index, bool judged)
    {
        Set(batch, _runningOut.Mae, index, judged ? _running.Mae : double.NaN);
        Set(batch, _runningOut.Rmse, index, judged ? _running.Rmse : double.NaN);
        Set(batch, _windowOut.Mae, index, judged ? _window.Mae : double.NaN);
        Set(batch, _windowOut.Rmse, index, judged ? _window.Rmse : double.NaN);
        Set(batch, _fadingOut.Mae, index, judged ? _fading.Mae : double.NaN);
        Set(batch, _fadingOut.Rmse, index, judged ? _fading.Rmse : double.NaN);
    }

    private static void Set(EventBatch batch, ColumnSlot<double> slot, int index, double value)
    {
        if (slot.IsAssigned) batch.Column(slot)[index] = value;
    }
}
