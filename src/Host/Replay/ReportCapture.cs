using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sinks;

namespace Streaming.Host.Replay;

/// <summary>Keeps the last report of the stream, for the summary.</summary>
internal sealed class ReportCapture : ISink
{
    public PipelineReport? Final { get; private set; }

    public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        if (batch.Report is { IsFinal: true } report) Final = report;
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(long epoch, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
