using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Shared.Chaos;

/// <summary>Events 0 to <paramref name="events"/> - 1, each a function of its number alone; can be started anywhere, and can fail at one.</summary>
public sealed class CountingSource(long events, long failAt = -1, Exception? failure = null) : IEventSource
{
    public double Progress => double.NaN;

    public Streaming.Abstractions.State.IStateful? State => null;

    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        PartitionPosition position = new();
        position.CopyFrom(from.Single);
        while (position.Records < Math.Min(events, context.Limit))
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            EventBatch batch = lease.Batch;
            long cut = context.NextCut(position.Records);
            do
            {
                if (position.Records == failAt) throw failure!;
                Fill(ref batch.Add(), position.Records++);
                position.Events++;
            }
            while (batch.Count < context.BatchSize && position.Records < Math.Min(Math.Min(events, context.Limit), cut));
            SourcePosition end = new();
            end.Single.CopyFrom(position);
            batch.Position.CopyFrom(end);
            yield return lease;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Fill(ref Event e, long n)
    {
        e.Offset = n;
        e.Time = e.ArrivalTime = n * 1_000_000;
        e.User = 1 + (ulong)(n * 7919 % 97);
        e.Item = 1 + (ulong)(n * 104729 % 53);
        e.Value = 1 + (n * 31 % 5);
    }
}
