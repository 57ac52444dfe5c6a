using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Windows;

/// <summary>
/// Puts a number of each event into a window and writes the window's aggregate, this event included. An event enters if its number is finite and, where
/// windows have keys, it has the key, unless it is a question or a mark of the engine; for any other event, and for a late one, the columns are NaN.
/// </summary>
/// <remarks>Memory and time are the windows', which it owns. One caller at a time.</remarks>
public sealed class WindowOperator : IOperator, IStateful, IForgetful, IDisposable
{
    private readonly IWindowSet _windows;
    private readonly string _of;
    private readonly WindowKey _key;
    private readonly bool _countsLosses;
    private readonly bool _readsColumn;
    private readonly ColumnSlot<double> _input;
    private readonly ColumnSlot<double> _count;
    private readonly ColumnSlot<double> _mean;
    private readonly ColumnSlot<double> _sum;
    private readonly ColumnSlot<double> _rate;
    private long _late;
    private long _truncated;

    /// <summary>A stage of windows of the last events.</summary>
    public WindowOperator(CountWindowOptions options, StageBinding binding)
        : this(options, binding, options.Key == WindowKey.None
            ? new SingleWindow(new CountWindow(options.Events()))
            : KeyedWindows.ByCount(options.Keys, options.Events()))
    {
    }

    /// <summary>A stage of windows of the last stretch of event time.</summary>
    public WindowOperator(TimeWindowOptions options, StageBinding binding)
        : this(options, binding, options.Key == WindowKey.None
            ? new SingleWindow(new TimeWindow(options.Span(), options.Events()))
            : KeyedWindows.ByTime(options.Keys, options.Span(), options.Events())) =>
        _countsLosses = true;

    private WindowOperator(WindowOptions options, StageBinding binding, IWindowSet windows)
    {
        (_windows, _of, _key) = (windows, options.Of, options.Key);
        _readsColumn = _of != WindowOptions.EventValue;
        if (_readsColumn) _input = binding.ReadReal(_of);
        _count = binding.WriteReal(WindowStages.Count);
        _mean = binding.WriteReal(WindowStages.Mean);
        _sum = binding.WriteReal(WindowStages.Sum);
        _rate = binding.WriteReal(WindowStages.Rate);
    }

    /// <inheritdoc/>
    public string StateTag => "window-stage";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        ReadOnlySpan<Event> events = batch.Events;
        ReadOnlySpan<double> column = _readsColumn ? batch.Column(_input) : [];
        for (int i = 0; i < events.Length; i++)
        {
            double number = _readsColumn ? column[i] : events[i].Value;
            Write(batch, i, Take(in events[i], number));
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public void Report(StageReport report)
    {
        _windows.Report(report);
        if (!_countsLosses) return;
        report.Set("late", _late);
        report.Set("truncated", _truncated);
    }

    /// <summary>
    /// Erases the user's window where windows are by user. One over the whole stream, and those by item, keep the user's numbers, which have no name in them, until they leave
    /// by count or time.
    /// </summary>
    /// <inheritdoc/>
    public void Forget(ulong user)
    {
        if (_key == WindowKey.User) _windows.Forget(user);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: what is aggregated and by which key as shape; late, truncated, the windows.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Of", _of);
        writer.Shape("Key", (long)_key);
        writer.Write(_late);
        writer.Write(_truncated);
        _windows.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Of", _of);
        reader.Shape("Key", (long)_key);
        _late = reader.ReadCount();
        _truncated = reader.ReadCount();
        _windows.Restore(ref reader, version);
    }

    /// <inheritdoc/>
    public void Dispose() => (_windows as IDisposable)?.Dispose();

    private WindowAggregate Take(in Event e, double number)
    {
        ulong key = _key switch
        {
            WindowKey.User => e.User,
            WindowKey.Item => e.Item,
            _ => 0,
        };
        bool hasKey = _key == WindowKey.None || key != Abstractions.Keys.EntityKeyCodec.None;
        if (!hasKey || !double.IsFinite(number) || e.Kind is EventKind.Query or EventKind.Control) return WindowAggregate.Unknown;
        IWindow window = _windows.For(key);
        switch (window.Add(number, e.Time))
        {
            case WindowEntry.Late:
                _late++;
                return WindowAggregate.Unknown;
            case WindowEntry.Truncated:
                _truncated++;
                break;
        }

        return window.Aggregate;
    }

    private void Write(EventBatch batch, int row, in WindowAggregate aggregate)
    {
        if (_count.IsAssigned) batch.Column(_count)[row] = aggregate.Count;
        if (_mean.IsAssigned) batch.Column(_mean)[row] = aggregate.Mean;
        if (_sum.IsAssigned) batch.Column(_sum)[row] = aggregate.Sum;
        if (_rate.IsAssigned) batch.Column(_rate)[row] = aggregate.Rate;
    }
}
