using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Files;

/// <content>Time order: load, judge, sort, stream.</content>
public sealed partial class FileSource
{
    private const double LoadingShare = 0.2;

    private async IAsyncEnumerable<BatchLease> InTimeOrder(
        LogReader log,
        PartitionPosition start,
        ulong fingerprint,
        RewardJoin? join,
        SourceContext context,
        [EnumeratorCancellation] CancellationToken ct)
    {
        EventStore store = new(_options.SortCapacity, _options.SortBytes);
        bool more = true;
        while (more)
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            long before = log.LeftOut;
            try
            {
                more = Load(log, store, lease.Batch, start.Records, context, ct);
                Describe(lease.Batch.Position.Single, log, log.LeftOut, 0, 0, fingerprint);
            }
            catch
            {
                lease.Release();
                throw;
            }

            if (log.LeftOut > Math.Max(before, start.Records)) yield return lease;
            else lease.Release();
        }

        await BadRatio.JudgeAsync(log.Position, _options.MaxBadRatio, log.FirstBad, context.Pool, ct);
        SortedEvents sorted = new(store, TimeOrder.Of(store), (int)Math.Min(store.Count, context.Limit), join, _keys)
        {
            Events = start.Events,
            Time = start.Time,
            Forgotten = start.Records > log.LeftOut ? start.Filtered - log.Position.Filtered : 0,
        };
        sorted.GoOnAt((int)Math.Clamp(start.Records - log.LeftOut, 0, store.Count));
        while (!sorted.IsDone)
        {
            BatchLease lease = await context.Pool.RentAsync(ct);
            EventBatch batch = lease.Batch;
            try
            {
                long records = log.LeftOut + sorted.Next;
                batch.FirstOrdinal = sorted.Events;
                sorted.Fill(batch, context.BatchSize, context.NextCut(records) - log.LeftOut);
                Describe(batch.Position.Single, log, log.LeftOut + sorted.Next, sorted.Events, sorted.Time, fingerprint);
                batch.Position.Single.Filtered += sorted.Forgotten;
                join?.Describe(batch.Position.Single);
                Volatile.Write(ref _progress, log.Share is double.NaN ? double.NaN : LoadingShare + ((1 - LoadingShare) * sorted.Share));
            }
            catch
            {
                lease.Release();
                throw;
            }

            yield return lease;
        }
    }

    /// <summary>
    /// Reads records into the store until the batch has as many rejections as it may have, or the left-out records reach a cut or the place of the resume,
    /// up to which they were emitted before. False at the end of the log.
    /// </summary>
    private bool Load(LogReader log, EventStore store, EventBatch batch, long emitted, SourceContext context, CancellationToken ct)
    {
        bool resuming = log.LeftOut < emitted;
        long stop = resuming ? emitted : context.NextCut(log.LeftOut);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            bool more = log.Read(batch, batch.Capacity, long.MaxValue, stop, ct);
            store.Take(batch);
            if (resuming) batch.Rejections.Clear();
            Volatile.Write(ref _progress, LoadingShare * log.Share);
            if (!more || log.LeftOut == stop || batch.Rejections.Count >= RecordIntake.MaxRejections) return more;
        }
    }

    private static void Describe(PartitionPosition position, LogReader log, long records, long events, long time, ulong fingerprint)
    {
        position.CopyFrom(log.Position);
        (position.Records, position.Events, position.Time, position.Fingerprint) = (records, events, time, fingerprint);
    }
}
