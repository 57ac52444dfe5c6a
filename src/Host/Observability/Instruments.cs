using System.Diagnostics.Metrics;
using System.Reflection;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Host.Snapshots;

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
        DeclareGraph();
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

    private void DeclareGraph()
    {
        Counter("streaming.batches", null, "Batches that have passed all stages in this run", run => run.Totals.Batches);
        Gauge("streaming.pool.in_flight", null, "Batches out of the pool at the moment", run => run.Parts?.Pool.Rented ?? 0);
        Gauge("streaming.pool.size", null, "Batches there are", run => run.Parts?.Pool.Size ?? 0);
        _labels.Add(
            Meter.CreateObservableCounter("streaming.stage.busy", Busy, Seconds, "Time the stage has worked in this run"),
            OfStage);
    }

    private void DeclareSnapshots()
    {
        Counter("streaming.snapshots", null, "Snapshots written in this run", run => SnapshotsOf(run)?.Written ?? 0);
        Time("streaming.snapshots.writing", "Time spent on writing them", run => SnapshotsOf(run)?.Writing.TotalSeconds ?? 0);
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
