using System.Diagnostics.Metrics;
using Streaming.Abstractions.Reports;
using Streaming.Host.Views;

namespace Streaming.Host.Observability;

/// <content>
/// Views across shards, by names of their own: whoever adds up the series of the shards never adds a view to them. All that a view says is a gauge, for it falls when a shard goes.
/// </content>
internal sealed partial class Instruments
{
    private static readonly string[] OfView = ["kind", "stage", "type"];

    private void DeclareViews()
    {
        foreach (ReportMetric metric in ReportMetrics.All.Where(m => m.HasView))
            _labels.Add(Meter.CreateObservableGauge(metric.ViewInstrument, () => Viewed(metric.Entry), null, $"{metric.Help}, over the shards of this process"), OfView);
        _labels.Add(Meter.CreateObservableGauge("streaming.view.shards", Viewers, null, "Shards of this process that are in the view"), OfView);
        _labels.Add(Meter.CreateObservableGauge("streaming.view.records", () => EachPart(part => part.Records), null, "Records of the shard that the view has"), OfStage);
        _labels.Add(Meter.CreateObservableGauge("streaming.view.copy", () => EachPart(part => part.Bytes), Bytes, "State that the shard has published for the view"), OfStage);
        _labels.Add(Meter.CreateObservableCounter("streaming.view.hold", () => EachPublisher(p => p.Held), Seconds, "Time for which publishing has held the stage up, in this run"), OfStage);
        _labels.Add(Meter.CreateObservableGauge("streaming.view.longest_hold", () => EachPublisher(p => p.LongestHeld), Seconds, "The longest of these times"), OfStage);
    }

    private IEnumerable<Measurement<double>> Viewed(string entry)
    {
        foreach (StageView view in _board.Views.Latest)
        {
            if (view.Report?[entry] is { Kind: ReportValueKind.Integer or ReportValueKind.Number } value) yield return new Measurement<double>(NumberOf(value), RunParts.LabelsOf(view.Stage));
        }
    }

    private IEnumerable<Measurement<long>> Viewers() => _board.Views.Latest.Select(view => new Measurement<long>(view.Parts.Length, RunParts.LabelsOf(view.Stage)));

    private IEnumerable<Measurement<long>> EachPart(Func<ViewPart, long> read) =>
        from view in _board.Views.Latest from part in view.Parts select new Measurement<long>(read(part), [.. RunParts.LabelsOf(view.Stage), OfNumber(part.Shard)]);

    private IEnumerable<Measurement<double>> EachPublisher(Func<StagePublisher, TimeSpan> read) =>
        from publisher in _board.Views.Publishers
        select new Measurement<double>(read(publisher.Publisher).TotalSeconds, [.. RunParts.LabelsOf(publisher.Stage), OfNumber(publisher.Publisher.Shard)]);

    private static KeyValuePair<string, object?> OfNumber(int shard) => new(Shard, shard);
}
