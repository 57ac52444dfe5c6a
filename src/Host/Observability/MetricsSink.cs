using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;

namespace Streaming.Host.Observability;

/// <summary>Shows each batch to the metrics of the run. Has no state and writes nothing.</summary>
internal sealed class MetricsSink(RunMetrics metrics) : ISink
{
    public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        metrics.Observe(batch);
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(long epoch, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
