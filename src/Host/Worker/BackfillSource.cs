using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;

namespace Streaming.Host.Worker;

/// <summary>
/// A log of a shard, read before its source is: the last batch, without events, has the position at which that source goes on, with the cursors that the log's records say.
/// </summary>
/// <param name="log">Files in their order.</param>
/// <param name="shard">Number of the shard.</param>
internal sealed class BackfillSource(IEventSource log, int shard) : IEventSource
{
    public double Progress => log.Progress;

    public IStateful? State => log.State;

    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        SourcePosition position = new();
        position.CopyFrom(from);
        await foreach (BatchLease lease in log.ReadAsync(from, context, ct))
        {
            position.CopyFrom(lease.Batch.Position);
            yield return lease;
        }

        if (context.Stop.IsCancellationRequested) yield break;
        BatchLease last = await context.Pool.RentAsync(ct);
        position.Single.LeaveFiles();
        position.Single.Partition = shard;
        last.Batch.Position.CopyFrom(position);
        yield return last;
    }

    public ValueTask DisposeAsync() => log.DisposeAsync();
}
