using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Graph;

/// <summary>
/// What the graph takes in: the source's batches, numbered, with barriers and requests for reports set, and one last batch that carries the final
/// report. The same for every runner, so that all of them see the same stream.
/// </summary>
internal sealed class BatchStream(IEventSource source, SourceContext context, SourcePosition start, EntityKeyCodec names)
{
    /// <summary>Where snapshots are gathered; null for none.</summary>
    public SnapshotCoordinator? Snapshots { get; init; }

    /// <summary>Number of the last snapshot there is.</summary>
    public long LastEpoch { get; init; }

    /// <summary>Whether somebody wants a report with the batch after which the stream has this many events.</summary>
    public Func<long, bool> WantsReport { get; init; } = _ => false;

    /// <summary>Asked after each batch: whether a snapshot is to be cut here, beside those at the multiples of records.</summary>
    public Func<bool> WantsSnapshot { get; init; } = () => false;

    /// <summary>Asked after each batch: whether to stop early, in good order, with a snapshot and without a final report; so does <see cref="SourceContext.Stop"/>.</summary>
    public Func<bool> StopRequested { get; init; } = () => false;

    /// <summary>Awaited before the source is asked for another batch: holds the stream up while it is paused.</summary>
    public Func<CancellationToken, ValueTask> Gate { get; init; } = _ => ValueTask.CompletedTask;

    /// <summary>Called with each snapshot that begins: its number, and the position that belongs to it, to be copied.</summary>
    public Action<long, SourcePosition> SnapshotBegun { get; init; } = (_, _) => { };

    /// <summary>Called once, when the source has given its first batch or has turned out empty: it could be read.</summary>
    public Action Begun { get; init; } = () => { };

    /// <summary>Batches there are in all: no more can wait anywhere.</summary>
    public int PoolSize => context.Pool.Size;

    /// <summary>Whether the stream was stopped early.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Where the stream ended, once it has.</summary>
    public SourcePosition End { get; } = new();

    /// <summary>The batches; each lease is the caller's.</summary>
    public async IAsyncEnumerable<BatchLease> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        long ordinal = start.Single.Events, epoch = LastEpoch, last = start.Single.Records, publishAt = PublishedAt(last);
        bool begun = false;
        End.CopyFrom(start);
        await Gate(ct);
        await foreach (BatchLease lease in source.ReadAsync(start, context, ct))
        {
            if (!begun) Begun();
            begun = true;
            EventBatch batch = lease.Batch;
            batch.FirstOrdinal = ordinal;
            ordinal += batch.Count;
            End.CopyFrom(batch.Position);
            long records = batch.Position.Single.Records;
            bool moved = records > last;
            last = records;
            // Events of records taken may have had no room in their batch: the state after so many records is that before the first batch with more, or with nothing.
            if (publishAt > 0 && (records > publishAt || batch.Count == 0)) (batch.PublishAt, publishAt) = (publishAt, 0);
            if (moved && PublishedAt(records) > 0) publishAt = records;
            if (WantsReport(ordinal) | (moved && IsReportDue(records))) batch.Report = new PipelineReport();
            bool cut = moved && context.CutEvery > 0 && records % context.CutEvery == 0;
            if (Snapshots is not null && (WantsSnapshot() | cut)) await BeginSnapshotAsync(batch, ++epoch, ordinal, ct);
            yield return lease;
            if (StopRequested() || context.Stop.IsCancellationRequested)
            {
                Stopped = true;
                break;
            }

            await Gate(ct);
        }

        Stopped |= context.Stop.IsCancellationRequested;
        if (!begun) Begun();
        BatchLease end = await context.Pool.RentAsync(ct);
        end.Batch.FirstOrdinal = ordinal;
        end.Batch.Position.CopyFrom(End);
        if (!Stopped) (end.Batch.Report, end.Batch.PublishAt) = (new PipelineReport { IsFinal = true }, publishAt);
        if (Snapshots is not null) await BeginSnapshotAsync(end.Batch, epoch + 1, ordinal, ct);
        yield return end;
    }

    /// <summary>The number of records, if stages publish their state there; else 0.</summary>
    private long PublishedAt(long records) => context.PublishEvery > 0 && records % context.PublishEvery == 0 ? records : 0;

    private bool IsReportDue(long records)
    {
        foreach (long every in context.ReportEvery)
        {
            if (records % every == 0) return true;
        }

        return false;
    }

    /// <summary>The source waits at this point, so its position and the names are those of this batch's end.</summary>
    private async ValueTask BeginSnapshotAsync(EventBatch batch, long epoch, long events, CancellationToken ct)
    {
        await Snapshots!.BeginAsync(epoch, events, ct);
        batch.Barrier = epoch;
        SnapshotBegun(epoch, batch.Position);
        Snapshots.Contribute(epoch, SnapshotCoordinator.SourceSection, new PositionState(batch.Position));
        Snapshots.Contribute(epoch, SnapshotCoordinator.NamesSection, names);
        if (source.State is { } held) Snapshots.Contribute(epoch, SnapshotCoordinator.HeldSection, held);
    }
}
