using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Console;

/// <summary>One way to show progress. <see cref="WantsReport"/> may be asked by another thread than the one that calls the rest.</summary>
internal abstract class ProgressView(ProgressOptions options)
{
    private readonly long _start = options.Time.GetTimestamp();
    private long _events = -1;
    private TimeSpan _then;

    protected ProgressOptions Options { get; } = options;

    /// <summary>Time since the run began.</summary>
    protected TimeSpan Elapsed => Options.Time.GetElapsedTime(_start);

    /// <summary>Notes where the stream begins in this run, once.</summary>
    public void Begin(long events)
    {
        if (_events < 0) _events = events;
    }

    public abstract bool WantsReport(long eventsSoFar);

    public abstract void Show(long events, PipelineReport report);

    /// <summary>Ends what is on the screen; may be called more than once.</summary>
    public abstract void End();

    /// <summary>Events per second since the last call.</summary>
    protected double Rate(long events, TimeSpan now)
    {
        double seconds = (now - _then).TotalSeconds;
        double rate = seconds > 0 ? (events - _events) / seconds : double.NaN;
        (_events, _then) = (events, now);
        return rate;
    }
}
