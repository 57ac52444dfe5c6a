using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;

namespace Streaming.Sinks.Console;

/// <summary>
/// Shows how far a run has come, how fast it goes, and the headline metrics: on a terminal one line that is rewritten, at most 5 times a second;
/// elsewhere a table with a row at 1,000, 2,000, 5,000, 10,000, ... events and at the end.
/// </summary>
/// <remarks>
/// Shows the reports that batches carry, and asks for them as an <see cref="IReportSchedule"/>. Has no state: what it shows never reaches a result.
/// </remarks>
public sealed class ProgressSink : ISink, IReportSchedule
{
    private readonly ProgressView _view;

    /// <summary>Progress for one run; the clock starts here.</summary>
    public ProgressSink(ProgressOptions options) => _view = options.IsTerminal ? new TerminalLine(options) : new ProgressTable(options);

    /// <inheritdoc/>
    public bool WantsReport(long eventsSoFar) => _view.WantsReport(eventsSoFar);

    /// <inheritdoc/>
    public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        _view.Begin(batch.FirstOrdinal);
        if (batch.Report is not null) _view.Show(batch.FirstOrdinal + batch.Count, batch.Report);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(long epoch, CancellationToken ct)
    {
        if (epoch == 0) _view.End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Leaves the cursor at the beginning of a line, whatever ended the run.</summary>
    public ValueTask DisposeAsync()
    {
        _view.End();
        return ValueTask.CompletedTask;
    }
}
