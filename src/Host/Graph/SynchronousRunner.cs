using Streaming.Abstractions.Events;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Graph;

/// <summary>Runs a spine batch by batch on the caller: the plain version that the Dataflow graph is compared with.</summary>
internal static class SynchronousRunner
{
    /// <summary>Runs to the end of the stream. Throws <see cref="PipelineFaultException"/> at the first fault.</summary>
    public static async Task RunAsync(Spine spine, BatchStream stream, SnapshotCoordinator? snapshots, CancellationToken ct)
    {
        Task writer = snapshots?.WriteAsync(ct) ?? Task.CompletedTask;
        string part = "the source";
        try
        {
            await foreach (BatchLease lease in stream.ReadAsync(ct))
            {
                foreach (StageNode stage in spine.Stages)
                {
                    part = $"stage {stage.Id}";
                    stage.Handle(lease.Batch);
                }

                foreach (SinkNode sink in spine.Sinks)
                {
                    part = $"sink {sink.Id}";
                    await sink.HandleAsync(lease.Batch, ct);
                }

                lease.Release();
                part = "the source";
            }

            part = "the snapshot writer";
            snapshots?.Complete();
            await writer;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            throw new PipelineFaultException(part, e);
        }
    }
}
