using System.Collections.Immutable;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Sources;

/// <summary>
/// Where events come from. Pulled: the next batch is made when the graph asks for it, so back-pressure costs nothing and what is read is always
/// what is asked for. It has one partition for its life: what has several, which come and go, is an <see cref="IPartitionedSource"/> and makes one of these for each.
/// </summary>
/// <remarks>One reader at a time. A source is read once; a resume makes a new one and gives it the position to go on from.</remarks>
public interface IEventSource : IAsyncDisposable
{
    /// <summary>
    /// Reads from <paramref name="from"/> to the end. Each lease is the caller's to pass on or release. Its batch carries the events, the bad
    /// records between them, and the position after it; it is cut by count (<see cref="SourceContext.BatchSize"/>), and always where the number
    /// of records is a multiple of <see cref="SourceContext.CutEvery"/>, never by the clock.
    /// </summary>
    /// <exception cref="SourceException">The source cannot be read, or is not the one that <paramref name="from"/> was taken of.</exception>
    /// <exception cref="BadRecordsException">More records are bad than <c>Source:MaxBadRatio</c> allows.</exception>
    IAsyncEnumerable<BatchLease> ReadAsync(SourcePosition from, SourceContext context, CancellationToken ct);

    /// <summary>How much of the source is done, from 0 to 1; NaN where that is not known (a pipe). Readable from any thread.</summary>
    double Progress { get; }

    /// <summary>
    /// What the source holds between its batches, beside its position: a part of every snapshot, frozen at a batch's end while the source waits, and
    /// restored before <see cref="ReadAsync"/>. Null if it holds nothing.
    /// </summary>
    IStateful? State { get; }
}

/// <summary>What a source needs of the graph.</summary>
/// <param name="Pool">Where batches are rented.</param>
/// <param name="BatchSize">Events per batch, at most the pool's batch capacity. Never changes a result.</param>
/// <param name="CutEvery">A batch also ends at each multiple of this many records, for a snapshot; 0 for no such cuts.</param>
/// <param name="Limit">Records to read in all, from the start of the source (not of this read).</param>
/// <param name="Raw">Whether every record is an event as it is: late rewards are not joined but events themselves. For looking at a log.</param>
public sealed record SourceContext(BatchPool Pool, int BatchSize, long CutEvery = 0, long Limit = long.MaxValue, bool Raw = false)
{
    /// <summary>A batch also ends at each multiple of each of these numbers of records, for a report; positive. Empty for no such cuts.</summary>
    public ImmutableArray<long> ReportEvery { get; init; } = [];

    /// <summary>A batch also ends at each multiple of this many records, for views across shards; 0 for no such cuts.</summary>
    public long PublishEvery { get; init; }

    /// <summary>Whether batches carry their records as they came (<see cref="EventBatch.Records"/>), for a log of them.</summary>
    public bool KeepRecords { get; init; }

    /// <summary>Whether the stream goes on elsewhere after the end of the source: what waits in its join then stays there.</summary>
    public bool GoesOn { get; init; }

    /// <summary>
    /// Cancelled when the read is to end in good order: a source that waits for the outside world gives out what it has and ends, as at the end of a log, but leaves what
    /// waits in its join where it is. The token of the read itself drops everything instead.
    /// </summary>
    public CancellationToken Stop { get; init; }

    /// <summary>How long a live source lets a batch grow after its first record before it gives it out, however small; default 5 ms. Never changes a result.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a live source stays silent before it gives out an empty batch, in which reports and snapshots can travel; default 100 ms.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures the two above; never reaches a result.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Asked by a live source before each batch: a control record of the engine's own, as JSON, that is to enter the stream there and to be in every log of it; null for nearly always. A source
    /// whose records are all in a log of its own does not ask: what is to enter is appended to that.
    /// </summary>
    public Func<byte[]?> TakeMark { get; init; } = () => null;

    /// <summary>
    /// The number of records at which the batch that begins after <paramref name="records"/> is to end at the latest: the next multiple of <see cref="CutEvery"/>, of
    /// <see cref="PublishEvery"/> or of one of <see cref="ReportEvery"/>.
    /// </summary>
    public long NextCut(long records)
    {
        long next = Math.Min(NextMultiple(records, CutEvery), NextMultiple(records, PublishEvery));
        foreach (long every in ReportEvery) next = Math.Min(next, NextMultiple(records, every));
        return next;
    }

    private static long NextMultiple(long records, long every) => every <= 0 ? long.MaxValue : ((records / every) + 1) * every;
}
