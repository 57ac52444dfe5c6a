using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;

namespace Streaming.Host.Observability;

/// <summary>
/// What a scrape sees of a run of one shard: totals as of the last batch that reached the sinks, and the newest report. The stream writes it, batch by batch, and a scrape
/// asks for a fresh report, which travels with a batch as every report does. Nothing here reaches a result.
/// </summary>
/// <remarks>Safe from any thread.</remarks>
/// <param name="time">Measures how long a scrape waits.</param>
/// <param name="shard">Number of the shard.</param>
internal sealed class RunMetrics(TimeProvider time, int shard = 0)
{
    private readonly Lock _gate = new();
    private readonly long[] _rejected = new long[RejectionReasons.Count];
    private (long Events, long Filtered, long Joined, long Batches) _totals;
    private TaskCompletionSource? _nextReport;
    private int _wanted;
    private long[] _cursors = [];
    private PipelineReport? _report;
    private RunParts? _parts;
    private double _lastProgress = double.NaN;
    private bool _running;
    private long _lastBatch;

    /// <summary>Number of the shard.</summary>
    public int Shard => shard;

    /// <summary>The label that tells this shard's series from those of others.</summary>
    public KeyValuePair<string, object?> Label { get; } = new("shard", shard);

    /// <summary>Events, filtered records and joined rewards so far, and batches of this run.</summary>
    public (long Events, long Filtered, long Joined, long Batches) Totals
    {
        get
        {
            lock (_gate) return _totals;
        }
    }

    /// <summary>What is at work; null before the run has begun. Stays as it was when the run has ended.</summary>
    public RunParts? Parts => Volatile.Read(ref _parts);

    /// <summary>The newest report; null before the first.</summary>
    public PipelineReport? Report => Volatile.Read(ref _report);

    /// <summary>Share of the source that is done; NaN where that is not known.</summary>
    public double Progress
    {
        get
        {
            lock (_gate) return _running ? _parts!.Source.Progress : _lastProgress;
        }
    }

    /// <summary>Records that were not taken so far, for <paramref name="reason"/>.</summary>
    public long RejectedFor(RejectionReason reason)
    {
        lock (_gate) return _rejected[(int)reason];
    }

    /// <summary>The offset after the last record of a topic that all stages have seen; null where none is known.</summary>
    public long? CursorOf(int topic)
    {
        lock (_gate) return topic < _cursors.Length && _cursors[topic] >= 0 ? _cursors[topic] : null;
    }

    /// <summary>The run begins.</summary>
    public void Begin(RunParts parts)
    {
        lock (_gate) (_parts, _running, LastBatch) = (parts, true, time.GetTimestamp());
    }

    /// <summary>The run has ended, well or not: what was seen last is what is served from now on. The source can be disposed of.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (!_running) return;
            _lastProgress = _parts!.Source.Progress;
            _running = false;
            _nextReport?.TrySetResult();
        }
    }

    /// <summary>How long events of a live source were on their way.</summary>
    public ArrivalDelays Delays { get; } = new();

    /// <summary>When the last batch passed, by the clock's timestamp; when the run began, before the first.</summary>
    public long LastBatch
    {
        get => Volatile.Read(ref _lastBatch);
        private set => Volatile.Write(ref _lastBatch, value);
    }

    /// <summary>Whether a scrape waits for a report; asked before each batch.</summary>
    public bool TakeWish() => Volatile.Read(ref _wanted) != 0 && Interlocked.Exchange(ref _wanted, 0) != 0;

    /// <summary>Takes in a batch that has passed all stages. Keeps nothing of it but its report.</summary>
    public void Observe(EventBatch batch)
    {
        MeasureDelays(batch.Events);
        lock (_gate)
        {
            (long events, long filtered, long joined) = (0, 0, 0);
            Array.Clear(_rejected);
            foreach (PartitionPosition partition in batch.Position.Partitions)
            {
                events += partition.Events;
                filtered += partition.Filtered;
                joined += partition.Join.Rewards;
                for (int reason = 0; reason < _rejected.Length; reason++) _rejected[reason] += partition.Rejected[reason];
            }

            ReadOnlySpan<long> cursors = batch.Position.Partitions[0].Cursors;
            if (_cursors.Length != cursors.Length) _cursors = new long[cursors.Length];
            cursors.CopyTo(_cursors);
            LastBatch = time.GetTimestamp();
            _totals = (events, filtered, joined, _totals.Batches + 1);
            if (batch.Report is null) return;
            Volatile.Write(ref _report, batch.Report);
            _nextReport?.TrySetResult();
            _nextReport = null;
        }
    }

    /// <summary>Events whose arrival was noted elsewhere; in a replay arrival is the event's own time, and nothing was on its way.</summary>
    private void MeasureDelays(ReadOnlySpan<Event> events)
    {
        const int Piece = 256;
        if (events.Length == 0 || events[0].ArrivalTime == events[0].Time) return;
        long now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Span<long> delays = stackalloc long[Piece];
        for (int start = 0; start < events.Length; start += Piece)
        {
            ReadOnlySpan<Event> piece = events.Slice(start, Math.Min(Piece, events.Length - start));
            for (int i = 0; i < piece.Length; i++) delays[i] = now - piece[i].ArrivalTime;
            Delays.Add(delays[..piece.Length]);
        }
    }

    /// <summary>Asks for a report and waits for it, at most <paramref name="patience"/>: a stream that is held up does not hold up a scrape.</summary>
    public async Task RefreshAsync(TimeSpan patience, CancellationToken ct)
    {
        Task report;
        lock (_gate)
        {
            if (!_running || _report is { IsFinal: true }) return;
            report = (_nextReport ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        Interlocked.Exchange(ref _wanted, 1);
        try
        {
            await report.WaitAsync(patience, time, ct);
        }
        catch (TimeoutException)
        {
            // The last report is served again.
        }
    }
}
