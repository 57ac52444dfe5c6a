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
internal sealed class Instruments : IDisposable
{
    private const string Seconds = "s";
    private const string Bytes = "By";
    private const string Ratio = "1";

    private static readonly string[] OfStage = ["kind", "stage", "type"];
    private static readonly RejectionReason[] Reasons = [.. Enum.GetValues<RejectionReason>().Where(r => r != RejectionReason.None)];

    private readonly RunMetrics _run;
    private readonly Dictionary<Instrument, IReadOnlyList<string>> _labels = [];

    /// <summary>The instruments of one run.</summary>
    public Instruments(RunMetrics run)
    {
        _run = run;
        Meter = new Meter("Streaming", Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));
        DeclareSource();
        DeclareGraph();
        DeclareSnapshots();
        DeclareProcess();
        foreach (ReportMetric metric in ReportMetrics.All) DeclareReported(metric);
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
        Counter("streaming.source.events", null, "Events of the stream, those before a resume included", () => _run.Totals.Events);
        Counter("streaming.source.filtered", null, "Good records left out because of Source:MinimumValue", () => _run.Totals.Filtered);
        Counter("streaming.source.joined", null, "Late rewards that found their decision: records that are no events themselves", () => _run.Totals.Joined);
        _labels.Add(
            Meter.CreateObservableCounter("streaming.source.rejected", Rejected, null, "Records that were not taken, by reason"),
            ["reason"]);
        Gauge("streaming.source.progress", Ratio, "Share of the source that is done; NaN where that is not known", () => _run.Progress);
    }

    private void DeclareGraph()
    {
        Counter("streaming.batches", null, "Batches that have passed all stages in this run", () => _run.Totals.Batches);
        Gauge("streaming.pool.in_flight", null, "Batches out of the pool at the moment", () => _run.Parts?.Pool.Rented ?? 0);
        Gauge("streaming.pool.size", null, "Batches there are", () => _run.Parts?.Pool.Size ?? 0);
        _labels.Add(
            Meter.CreateObservableCounter("streaming.stage.busy", Busy, Seconds, "Time the stage has worked in this run"),
            OfStage);
    }

    private void DeclareSnapshots()
    {
        Counter("streaming.snapshots", null, "Snapshots written in this run", () => Snapshots?.Written ?? 0);
        Time("streaming.snapshots.writing", "Time spent on writing them", () => Snapshots?.Writing.TotalSeconds ?? 0);
        Gauge("streaming.snapshots.last_writing", Seconds, "Time the last one took to write; 0 before the first", () => Snapshots?.LastWriting.TotalSeconds ?? 0);
    }

    private void DeclareProcess()
    {
        Time("process.cpu", "Processor time of the process, in user and system mode", () => Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge("process.resident_memory", Bytes, "Resident memory of the process", () => Environment.WorkingSet);
        Gauge("streaming.gc.heap", Bytes, "Managed memory in use", () => GC.GetTotalMemory(forceFullCollection: false));
        Time("streaming.gc.pause", "Time the collector has stopped the process", () => GC.GetTotalPauseDuration().TotalSeconds);
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
                    Meter.CreateObservableGauge(metric.Instrument, () => Reported(metric.Entry, value => value.Kind == ReportValueKind.Integer ? value.Integer : value.Number), null, metric.Help),
                    OfStage);
                break;
        }
    }

    private SnapshotCoordinator? Snapshots => _run.Parts?.Snapshots;

    private void Counter(string name, string? unit, string help, Func<long> read) => _labels.Add(Meter.CreateObservableCounter(name, read, unit, help), []);

    private void Time(string name, string help, Func<double> read) => _labels.Add(Meter.CreateObservableCounter(name, read, Seconds, help), []);

    private void Gauge(string name, string? unit, string help, Func<double> read) => _labels.Add(Meter.CreateObservableGauge(name, read, unit, help), []);

    private IEnumerable<Measurement<long>> Rejected() =>
        Reasons.Select(reason => new Measurement<long>(_run.RejectedFor(reason), new KeyValuePair<string, object?>("reason", reason.Label())));

    private IEnumerable<Measurement<double>> Busy() =>
        _run.Parts is { } parts ? parts.Stages.Select(stage => new Measurement<double>(stage.Node.Busy.TotalSeconds, stage.Labels)) : [];

    private static IEnumerable<Measurement<long>> Collections() =>
        ByOldest(GC.MaxGeneration + 1, GC.CollectionCount).Select((count, generation) => new Measurement<long>(count, new KeyValuePair<string, object?>("generation", generation)));

    /// <summary>The entry of every stage that has it; a value that does not exist has no series.</summary>
    private IEnumerable<Measurement<T>> Reported<T>(string entry, Func<ReportValue, T> read)
        where T : struct
    {
        if (_run.Report is not { } report || _run.Parts is not { } parts) yield break;
        foreach (StageReport stage in report.Stages)
        {
            ReportValue value = stage[entry];
            if (value.Kind is ReportValueKind.Integer or ReportValueKind.Number) yield return new Measurement<T>(read(value), parts.LabelsOf(stage.Id));
        }
    }
}
