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

    /// <summary>Asked before each batch: whether to stop early, in good order, with a snapshot and without a final report.</summary>
    public Func<bool> StopRequested { get; init; } = () => false;

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
        long ordinal = start.Single.Events, epoch = LastEpoch, lastCut = start.Single.Records;
        bool begun = false;
        End.CopyFrom(start);
        await foreach (BatchLease lease in source.ReadAsync(start, context, ct))
        {
            if (!begun) Begun();
            begun = true;
            EventBatch batch = lease.Batch;
            batch.FirstOrdinal = ordinal;
            ordinal += batch.Count;
            End.CopyFrom(batch.Position);
            if (WantsReport(ordinal)) batch.Report = new PipelineReport();
            long records = batch.Position.Single.Records;
            if (context.CutEvery > 0 && records > lastCut && records % context.CutEvery == 0)
            {
                lastCut = records;
                await BeginSnapshotAsync(batch, ++epoch, ordinal, ct);
            }

            yield return lease;
            if (StopRequested())
            {
                Stopped = true;
                break;
            }
        }

        if (!begun) Begun();
        BatchLease last = await context.Pool.RentAsync(ct);
        last.Batch.FirstOrdinal = ordinal;
        last.Batch.Position.CopyFrom(End);
        if (!Stopped) last.Batch.Report = new PipelineReport { IsFinal = true };
        if (Snapshots is not null) await BeginSnapshotAsync(last.Batch, epoch + 1, ordinal, ct);
        yield return last;
    }

    /// <summary>The source waits at this point, so its position and the names are those of this batch's end.</summary>
    private async ValueTask BeginSnapshotAsync(EventBatch batch, long epoch, long events, CancellationToken ct)
    {
        await Snapshots!.BeginAsync(epoch, events, ct);
        batch.Barrier = epoch;
        Snapshots.Contribute(epoch, SnapshotCoordinator.SourceSection, new PositionState(batch.Position));
        Snapshots.Contribute(epoch, SnapshotCoordinator.NamesSection, names);
        if (source.State is { } held) Snapshots.Contribute(epoch, SnapshotCoordinator.HeldSection, held);
    }
}
