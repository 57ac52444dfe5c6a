using System.Diagnostics.Metrics;
using System.Reflection;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Host.Snapshots;
using Streaming.Host.Web;
using Streaming.Ingest.Kafka;
using Streaming.Ingest.WriteAhead;
using Streaming.Sinks;

namespace Streaming.Host.Observability;

/// <summary>
/// Every instrument of the engine, on one meter, <c>Streaming</c>. All are observable: what they say is counted where it happens, for its own sake, and read
/// when somebody listens, so that metrics nobody reads cost nothing.
/// </summary>
/// <remarks>
/// A name is dotted, its unit in UCUM (s, By, 1), as the platform has it; <see cref="PrometheusName"/> makes Prometheus' name of it. Labels come from closed
/// sets: the configuration and enumerations.
/// </remarks>
internal sealed partial class Instruments : IDisposable
{
    private const string Seconds = "s";
    private const string Bytes = "By";
    private const string Ratio = "1";

    private const string Shard = "shard";

    private static readonly string[] OfShard = [Shard];
    private static readonly string[] OfLane = ["topic", Shard];
    private static readonly string[] OfSink = ["sink", Shard];
    private static readonly double[] Quantiles = [0.5, 0.9, 0.99];
    private static readonly string[] OfStage = ["kind", "stage", "type", Shard];
    private static readonly RejectionReason[] Reasons = [.. Enum.GetValues<RejectionReason>().Where(r => r != RejectionReason.None)];

    private readonly MetricsBoard _board;
    private readonly Dictionary<Instrument, IReadOnlyList<string>> _labels = [];

    /// <summary>The instruments of a process.</summary>
    public Instruments(MetricsBoard board)
    {
        _board = board;
        Meter = new Meter("Streaming", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));
        DeclareSource();
        DeclareKafka();
        DeclareIntake();
        DeclareGraph();
        DeclareSinks();
        DeclareSnapshots();
        DeclareProcess();
        foreach (ReportMetric metric in ReportMetrics.All) DeclareReported(metric);
        DeclareViews();
    }

    /// <summary>What a listener listens to.</summary>
    public Meter Meter { get; }

    /// <summary>The instruments with the names of their labels, in order.</summary>
    public IReadOnlyDictionary<Instrument, IReadOnlyList<string>> Labels => _labels;

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    /// <summary>Collections by the oldest generation collected, from counts that have, for each generation, those of the older ones in them.</summary>
    /// <remarks>Counted anew where a collection came between two counts: their difference might fall. Each collection is one of generation 0.</remarks>
    internal static long[] ByOldest(int generations, Func<int, int> count)
    {
        long[] counts = new long[generations];
        do
        {
            for (int generation = 0; generation < generations; generation++) counts[generation] = count(generation);
        }
        while (counts[0] != count(0));
        for (int generation = 0; generation + 1 < generations; generation++) counts[generation] -= counts[generation + 1];
        return counts;
    }

    private void DeclareSource()
    {
        Counter("streaming.source.events", null, "Events of the stream, those before a resume included", run => run.Totals.Events);
        Counter("streaming.source.filtered", null, "Good records left out because of Source:MinimumValue", run => run.Totals.Filtered);
        Counter("streaming.source.joined", null, "Late rewards that found their decision: records that are no events themselves", run => run.Totals.Joined);
        _labels.Add(
            Meter.CreateObservableCounter("streaming.source.rejected", Rejected, null, "Records that were not taken, by reason"),
            ["reason", Shard]);
        _labels.Add(
            Meter.CreateObservableGauge("streaming.source.delay", Delays, Seconds, "Time from the arrival of an event at the broker or in the write-ahead log until all stages have seen it, by quantile"),
            ["quantile", Shard]);
        Gauge("streaming.source.progress", Ratio, "Share of the source that is done; NaN where that is not known", run => run.Progress);
    }

    private void DeclareKafka()
    {
        Kafka("records", "Records the client gave", counts => counts.Records);
        Kafka("dropped", "Records the client gave that a shard had taken before: never taken twice", counts => counts.Dropped);
        Kafka("rebalances", "Times the group gave partitions, or none", counts => counts.Rebalances);
        Kafka("lost", "Partitions that the group took away before they could be given back", counts => counts.Lost);
        Kafka("pauses", "Times a partition was paused because its shard was slow", counts => counts.Pauses);
        Kafka("resumes", "Times a partition that was paused was resumed", counts => counts.Resumes);
        Kafka("errors", "Errors that the client told and recovers from by itself", counts => counts.Errors);
        Kafka("commits", "Commits of offsets that succeeded, for lag tools alone", counts => counts.Commits);
        Kafka("commit_failures", "Commits of offsets that failed; the next one says the same and more", counts => counts.CommitFailures);
        Kafka("connects", "Connections to brokers that were tried", counts => counts.Connects);
        Kafka("disconnects", "Connections to brokers that ended, and tries that came to nothing", counts => counts.Disconnects);
        _labels.Add(
            Meter.CreateObservableGauge("streaming.kafka.brokers", Brokers, null, "Brokers by how they stand with the client, as of its last statistics: up, connecting, down, or idle, not needed so far"),
            ["state"]);
        _labels.Add(
            Meter.CreateObservableGauge(
                "streaming.kafka.lag",
                () => Lanes(Lag),
                null,
                "Offsets from the last record that all stages have seen to the end of the topic's partition (its high watermark), as the broker told it a second or so ago; absent until both are known. "
                + "Marks of transactions have offsets too: of a topic with such it need not come down to 0"),
            OfLane);
        Lane("paused", null, "1 while nothing more is fetched of the partition until its shard has caught up, else 0", lane => lane.IsPaused ? 1 : 0);
        Lane("queue_records", null, "Records that were fetched and wait for the shard", lane => lane.Records);
        Lane("queue", Bytes, "Memory of the records that were fetched and wait for the shard", lane => lane.Bytes);
    }

    private void DeclareIntake()
    {
        _labels.Add(Meter.CreateObservableCounter("streaming.ingest.requests", Requests, null, "Requests to POST /events, by what became of them"), ["outcome"]);
        Process("ingest.records", "Records taken by POST /events; those of repeats were taken the first time", () => _board.Events?.Records);
        Process("wal.records", "Records written to the write-ahead log since it was opened", () => _board.Log?.Counts.Records);
        Process("wal.syncs", "Times that what had gathered was written to the write-ahead log and synced", () => _board.Log?.Counts.Syncs);
        _labels.Add(
            Meter.CreateObservableCounter("streaming.wal.sync", () => Some(_board.Log?.Counts.Syncing.TotalSeconds), Seconds, "Time spent on writing to the write-ahead log and on syncing it"),
            []);
        Log("wal.backlog", Bytes, "Bytes accepted that the stream has not taken yet; at Source:WriteAhead:MaxBacklogBytes senders are refused", counts => counts.BacklogBytes);
        Log("wal.backlog_records", null, "Records accepted that the stream has not taken yet", counts => counts.BacklogRecords);
        Log("wal.segments", null, "Files of the write-ahead log", counts => counts.Segments);
        Log("wal.keys", null, "Requests that are remembered by their Idempotency-Key", counts => counts.Keys);
    }

    private void DeclareGraph()
    {
        Counter("streaming.batches", null, "Batches that have passed all stages in this run", run => run.Totals.Batches);
        Gauge("streaming.pool.in_flight", null, "Batches out of the pool at the moment", run => run.Parts?.Pool.Rented ?? 0);
        Gauge("streaming.pool.size", null, "Batches there are", run => run.Parts?.Pool.Size ?? 0);
        _labels.Add(
            Meter.CreateObservableCounter("streaming.stage.busy", Busy, Seconds, "Time the stage has worked in this run"),
            OfStage);
    }

    private void DeclareSinks()
    {
        _labels.Add(Meter.CreateObservableGauge("streaming.sink.queued", () => Delivered(c => c.Queued), null, "Messages of a sink that wait for the brokers to confirm them"), OfSink);
        _labels.Add(Meter.CreateObservableCounter("streaming.sink.delivered", () => Delivered(c => c.Delivered), null, "Messages of a sink that the brokers have confirmed in this run"), OfSink);
        _labels.Add(Meter.CreateObservableCounter("streaming.sink.failed", () => Delivered(c => c.Failed), null, "Messages of a sink that were given up in this run; the first one ends it"), OfSink);
    }

    private void DeclareSnapshots()
    {
        Counter("streaming.snapshots", null, "Snapshots written in this run", run => SnapshotsOf(run)?.Written ?? 0);
        Time("streaming.snapshots.writing", "Time spent on writing them", run => SnapshotsOf(run)?.Writing.TotalSeconds ?? 0);
        Each("streaming.snapshots.last_size", Bytes, "Size of the last snapshot; 0 before the first", snapshots => snapshots.LastBytes);
        Each("streaming.snapshots.age", Seconds, "Time since the last snapshot was on the disk; before the first, since the run began", snapshots => snapshots.Age.TotalSeconds);
        Gauge("streaming.snapshots.last_writing", Seconds, "Time the last one took to write; 0 before the first", run => SnapshotsOf(run)?.LastWriting.TotalSeconds ?? 0);
    }

    private void DeclareProcess()
    {
        ProcessTime("process.cpu", "Processor time of the process, in user and system mode", () => Environment.CpuUsage.TotalTime.TotalSeconds);
        ProcessGauge("process.resident_memory", Bytes, "Resident memory of the process", () => Environment.WorkingSet);
        ProcessGauge("streaming.gc.heap", Bytes, "Managed memory in use", () => GC.GetTotalMemory(forceFullCollection: false));
        ProcessTime("streaming.gc.pause", "Time the collector has stopped the process", () => GC.GetTotalPauseDuration().TotalSeconds);
        _labels.Add(
            Meter.CreateObservableCounter("streaming.gc.collections", Collections, null, "Garbage collections, by the oldest generation collected"),
            ["generation"]);
    }

    private void DeclareReported(ReportMetric metric)
    {
        switch (metric.Form)
        {
            case ReportMetricForm.Counter:
                _labels.Add(Meter.CreateObservableCounter(metric.Instrument, () => Reported(metric.Entry, value => value.Integer), null, metric.Help), OfStage);
                break;
            case ReportMetricForm.Gauge:
                _labels.Add(
                    Meter.CreateObservableGauge(metric.Instrument, () => Reported(metric.Entry, NumberOf), null, metric.Help),
                    OfStage);
                break;
        }
    }

    private static double NumberOf(ReportValue value) => value.Kind == ReportValueKind.Integer ? value.Integer : value.Number;

    private static SnapshotCoordinator? SnapshotsOf(RunMetrics run) => run.Parts?.Snapshots;

    private void Counter(string name, string? unit, string help, Func<RunMetrics, long> read) =>
        _labels.Add(Meter.CreateObservableCounter(name, () => EachShard(read), unit, help), OfShard);

    private void Time(string name, string help, Func<RunMetrics, double> read) => _labels.Add(Meter.CreateObservableCounter(name, () => EachShard(read), Seconds, help), OfShard);

    private void Gauge(string name, string? unit, string help, Func<RunMetrics, double> read) =>
        _labels.Add(Meter.CreateObservableGauge(name, () => EachShard(read), unit, help), OfShard);

    private void ProcessTime(string name, string help, Func<double> read) => _labels.Add(Meter.CreateObservableCounter(name, read, Seconds, help), []);

    private void ProcessGauge(string name, string? unit, string help, Func<double> read) => _labels.Add(Meter.CreateObservableGauge(name, read, unit, help), []);

    private void Kafka(string name, string help, Func<KafkaSourceCounts, long> read) => Process("kafka." + name, help, () => _board.Kafka is { } kafka ? read(kafka.Counts) : null);

    private void Process(string name, string help, Func<long?> read) => _labels.Add(Meter.CreateObservableCounter("streaming." + name, () => Some(read()), null, help), []);

    private void Log(string name, string? unit, string help, Func<WriteAheadCounts, long> read) =>
        _labels.Add(Meter.CreateObservableGauge("streaming." + name, () => Some(_board.Log is { } log ? read(log.Counts) : (long?)null), unit, help), []);

    private void Lane(string name, string? unit, string help, Func<KafkaLane, long> read) =>
        _labels.Add(Meter.CreateObservableGauge("streaming.kafka." + name, () => Lanes(lane => read(lane)), unit, help), OfLane);

    private void Each(string name, string? unit, string help, Func<SnapshotCoordinator, double> read) =>
        _labels.Add(
            Meter.CreateObservableGauge(name, () => from run in _board.Runs let snapshots = SnapshotsOf(run) where snapshots is not null select new Measurement<double>(read(snapshots), run.Label), unit, help),
            OfShard);

    /// <summary>No series where there is no value.</summary>
    private static Measurement<T>[] Some<T>(T? value)
        where T : struct => value is { } some ? [new Measurement<T>(some)] : [];

    private IEnumerable<Measurement<long>> Lanes(Func<KafkaLane, long?> read) =>
        from lane in _board.Kafka?.Lanes ?? []
        let value = read(lane)
        where value is not null
        select new Measurement<long>(value.Value, new KeyValuePair<string, object?>("topic", lane.Name), new KeyValuePair<string, object?>(Shard, lane.Shard));

    private long? Lag(KafkaLane lane) => lane.End - _board.RunOf(lane.Shard)?.CursorOf(lane.Topic) is { } lag ? Math.Max(0, lag) : null;

    private IEnumerable<Measurement<long>> Brokers() =>
        _board.Kafka?.Brokers is not { } brokers ? [] :
        from state in ((string Name, int Count)[])[("up", brokers.Up), ("connecting", brokers.Connecting), ("down", brokers.Down), ("idle", brokers.Idle)]
        select new Measurement<long>(state.Count, new KeyValuePair<string, object?>("state", state.Name));

    private IEnumerable<Measurement<long>> Requests() =>
        _board.Events is not { } events ? [] :
        from outcome in EventsOutcomes.All select new Measurement<long>(events.Of(outcome), new KeyValuePair<string, object?>("outcome", outcome.Label()));

    private IEnumerable<Measurement<long>> Delivered(Func<DeliveryCounts, long> read) =>
        from run in _board.Runs from sink in run.Parts?.Deliveries ?? [] select new Measurement<long>(read(sink.Counts), sink.Label, run.Label);

    private IEnumerable<Measurement<T>> EachShard<T>(Func<RunMetrics, T> read)
        where T : struct => _board.Runs.Select(run => new Measurement<T>(read(run), run.Label));

    private IEnumerable<Measurement<long>> Rejected() =>
        from run in _board.Runs from reason in Reasons select new Measurement<long>(run.RejectedFor(reason), new KeyValuePair<string, object?>("reason", reason.Label()), run.Label);

    private IEnumerable<Measurement<double>> Delays() =>
        from run in _board.Runs
        from quantile in Quantiles
        let delay = run.Delays.Quantile(quantile)
        where !double.IsNaN(delay)
        select new Measurement<double>(delay, new KeyValuePair<string, object?>("quantile", quantile), run.Label);

    private IEnumerable<Measurement<double>> Busy() =>
        from run in _board.Runs from stage in run.Parts?.Stages ?? [] select new Measurement<double>(stage.Node.Busy.TotalSeconds, [.. stage.Labels, run.Label]);

    private static IEnumerable<Measurement<long>> Collections() =>
        ByOldest(GC.MaxGeneration + 1, GC.CollectionCount).Select((count, generation) => new Measurement<long>(count, new KeyValuePair<string, object?>("generation", generation)));

    /// <summary>The entry of every stage that has it; a value that does not exist has no series.</summary>
    private IEnumerable<Measurement<T>> Reported<T>(string entry, Func<ReportValue, T> read)
        where T : struct
    {
        foreach (RunMetrics run in _board.Runs)
        {
            if (run.Report is not { } report || run.Parts is not { } parts) continue;
            foreach (StageReport stage in report.Stages)
            {
                ReportValue value = stage[entry];
                if (value.Kind is ReportValueKind.Integer or ReportValueKind.Number) yield return new Measurement<T>(read(value), [.. parts.LabelsOf(stage.Id), run.Label]);
            }
        }
    }
}
