using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Ingest;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Joining;

namespace Streaming.Pipeline.Tests.Live;

/// <summary>A partition of the simulated broker as a source: the real intake, with batches of sizes that a seed draws.</summary>
internal sealed class SimulatedPartition(SimulatedBroker broker, int partition, int reader, SourceOptions options, EntityKeyCodec keys, CounterRng sizes) : IEventSource
{
    private readonly RewardJoin _join = new(options.Join);
    private CounterRng _sizes = sizes;

    public double Progress => double.NaN;

    public IStateful State => _join;

    public async IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        RecordIntake intake = new(options, keys, _join, context.KeepRecords);
        intake.GoOnFrom(from.Single);
        PartitionPosition position = intake.Position;
        position.Partition = partition;
        IEventFormat format = FormatCatalogue.Find("jsonl")!.Create(options);
        long next = position.Cursors.Length > 0 ? position.Cursors[0] : 0;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(context.Stop, ct);
        while (!context.Stop.IsCancellationRequested)
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            EventBatch batch = lease.Batch;
            int room = 1 + (int)_sizes.NextBelow((ulong)context.BatchSize);
            long cut = context.NextCut(position.Records), before = position.Records;
            Task changed = Task.CompletedTask;
            while (intake.IsReady(batch, room) && position.Records < cut && broker.Read(partition, next, out changed) is { } record)
            {
                intake.Take(batch, room, format, record, 0, new RecordOrigin(0, partition, next, 1_000_000 * next));
                next++;
            }

            intake.Count(batch.Count);
            batch.Position.Single.CopyFrom(position);
            yield return lease;
            broker.Deliver(partition, reader, next);
            if (position.Records == before && !_join.Lags) await changed.WaitAsync(either.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
