using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Graph;

/// <summary>A sink at work.</summary>
internal sealed class SinkNode(string id, ISink sink, SnapshotCoordinator? snapshots)
{
    public string Id => id;

    public ISink Sink => sink;

    /// <summary>Hands the batch to the sink; at a barrier what was written is made durable and its extent goes into the snapshot. Only reads.</summary>
    public async ValueTask HandleAsync(EventBatch batch, CancellationToken ct)
    {
        await sink.WriteAsync(batch, ct);
        if (batch.Control.Kind == ControlKind.Forget) (sink as IForgetful)?.Forget(batch.Control.User);
        if (batch.Barrier > 0)
        {
            await sink.FlushAsync(batch.Barrier, ct);
            if (sink is IStateful state) snapshots!.Contribute(batch.Barrier, id, state);
        }

        if (batch.Report is { IsFinal: true }) await sink.FlushAsync(0, ct);
    }
}
