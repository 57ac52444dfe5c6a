using Streaming.Abstractions.Events;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Graph;

/// <summary>Runs a spine batch by batch on the caller: the plain version that the Dataflow graph is compared with.</summary>
internal static class SynchronousRunner
{
    /// <summary>Runs to the end of the stream. Throws <see cref="PipelineFaultException"/> at the first fault.</summary>
    public static async Task RunAsync(Spine spine, BatchStream stream, SnapshotCoordinator? snapshots, CancellationToken ct)
    {
        using FaultGuard guard = new(ct);
        Task writer = guard.WatchAsync("the snapshot writer", token => snapshots?.WriteAsync(token) ?? Task.CompletedTask);
        string part = "the source";
        try
        {
            await foreach (BatchLease lease in stream.ReadAsync(guard.Token))
            {
                foreach (StageNode stage in spine.Stages)
                {
                    part = $"stage {stage.Id}";
                    stage.Handle(lease.Batch);
                }

                foreach (SinkNode sink in spine.Sinks)
                {
                    part = $"sink {sink.Id}";
                    await sink.HandleAsync(lease.Batch, guard.Token);
                }

                lease.Release();
                part = "the source";
            }

            snapshots?.Complete();
        }
        catch (Exception e)
        {
            guard.Fail(part, e);
        }

        await writer;
        guard.ThrowIfFailed();
    }
}
