using System.Threading.Tasks.Dataflow;
using Streaming.Abstractions.Events;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Graph;

/// <summary>
/// Runs a spine on TPL Dataflow: a chain of bounded blocks of degree 1, a fan-out, and a block for each sink. Stages work at the same time on
/// different batches; each sees all batches in order, so threads and timing never change a result.
/// </summary>
/// <remarks>
/// What Dataflow would do by itself is not left to it. Hand-over is <c>SendAsync</c>, awaited, so nothing is lost; completion is explicit, block by
/// block; the first fault anywhere cancels everything (<see cref="FaultGuard"/>). After a fault what was queued is gone: recovery is a resume. The
/// blocks are bounded by the number of batches there are: the pool is what holds the source back, so that no hand-over has to wait, which would
/// allocate.
/// </remarks>
internal static class DataflowRunner
{
    /// <summary>Runs to the end of the stream. Throws <see cref="PipelineFaultException"/> at the first fault.</summary>
    public static async Task RunAsync(Spine spine, BatchStream stream, SnapshotCoordinator? snapshots, CancellationToken ct)
    {
        int capacity = stream.PoolSize;
        using FaultGuard guard = new(ct);
        ActionBlock<BatchLease>[] sinks = [.. spine.Sinks.Select(sink => SinkBlock(sink, capacity, guard))];
        ActionBlock<BatchLease> next = FanOutBlock(sinks, capacity, guard);
        List<IDataflowBlock> chain = [next];
        foreach (StageNode stage in spine.Stages.Reverse())
        {
            next = StageBlock(stage, next, capacity, guard);
            chain.Insert(0, next);
        }

        Task writer = guard.WatchAsync("the snapshot writer", token => snapshots?.WriteAsync(token) ?? Task.CompletedTask);
        await PumpAsync(stream, next, guard);
        foreach (IDataflowBlock block in chain) await CompleteAsync(block);
        foreach (ActionBlock<BatchLease> sink in sinks) sink.Complete();
        foreach (ActionBlock<BatchLease> sink in sinks) await CompleteAsync(sink);
        snapshots?.Complete();
        await writer;
        guard.ThrowIfFailed();
    }

    private static async Task PumpAsync(BatchStream stream, ITargetBlock<BatchLease> head, FaultGuard guard)
    {
        try
        {
            await foreach (BatchLease lease in stream.ReadAsync(guard.Token)) await SendAsync(head, lease, guard.Token);
        }
        catch (Exception e)
        {
            guard.Fail("the source", e);
        }
    }

    private static ActionBlock<BatchLease> StageBlock(StageNode stage, ITargetBlock<BatchLease> next, int capacity, FaultGuard guard) =>
        Block(
            $"stage {stage.Id}",
            lease =>
            {
                stage.Handle(lease.Batch);
                return SendAsync(next, lease, guard.Token);
            },
            capacity,
            guard);

    private static ActionBlock<BatchLease> FanOutBlock(ActionBlock<BatchLease>[] sinks, int capacity, FaultGuard guard) =>
        Block(
            "the fan-out",
            async lease =>
            {
                if (sinks.Length == 0) lease.Release();
                else lease.Retain(sinks.Length - 1);
                foreach (ActionBlock<BatchLease> sink in sinks) await SendAsync(sink, lease, guard.Token);
            },
            capacity,
            guard);

    private static ActionBlock<BatchLease> SinkBlock(SinkNode sink, int capacity, FaultGuard guard) =>
        Block(
            $"sink {sink.Id}",
            async lease =>
            {
                await sink.HandleAsync(lease.Batch, guard.Token);
                lease.Release();
            },
            capacity,
            guard);

    /// <summary>A block whose work never ends in an unseen exception: every fault goes to the guard, which cancels this block too.</summary>
    private static ActionBlock<BatchLease> Block(string part, Func<BatchLease, Task> work, int capacity, FaultGuard guard) =>
        new(
            async lease =>
            {
                try
                {
                    await work(lease);
                }
                catch (Exception e)
                {
                    guard.Fail(part, e);
                }
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = capacity, CancellationToken = guard.Token });

    private static Task SendAsync(ITargetBlock<BatchLease> target, BatchLease lease, CancellationToken ct)
    {
        Task<bool> sent = target.SendAsync(lease, ct);
        return sent.IsCompletedSuccessfully && sent.Result ? Task.CompletedTask : Slow(sent, ct);

        static async Task Slow(Task<bool> sent, CancellationToken ct)
        {
            if (await sent) return;
            ct.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The next block refused a batch although it was neither complete nor cancelled.");
        }
    }

    private static async Task CompleteAsync(IDataflowBlock block)
    {
        block.Complete();
        try
        {
            await block.Completion;
        }
        catch (OperationCanceledException)
        {
            // The guard has the reason, and RunAsync throws it when everything has stopped.
        }
    }
}
