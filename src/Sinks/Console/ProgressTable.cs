using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Console;

/// <summary>
/// A table that grows: columns are the events, the rate since the row before, and each headline metric of the first report. Rows stand at 1, 2 and 5
/// times the powers of ten from 1,000 on (or the end of the batch that passes such a mark), and at the end.
/// </summary>
internal sealed class ProgressTable(ProgressOptions options) : ProgressView(options)
{
    private const int EventsWidth = 13;
    private const int RateWidth = 12;
    private const int MetricWidth = 9;

    private readonly List<(string Stage, string Metric, int Width)> _columns = [];
    private long _mark = 1000;
    private bool _headed;
    private long _shown = -1;

    public override bool WantsReport(long eventsSoFar)
    {
        if (eventsSoFar < _mark) return false;
        while (_mark <= eventsSoFar) _mark = Next(_mark);
        return true;
    }

    public override void Show(long events, PipelineReport report)
    {
        if (events == _shown) return;
        if (!_headed) WriteHead(report);
        Options.Writer.Write(NumberText.Count(events).PadLeft(EventsWidth));
        Options.Writer.Write(NumberText.Rate(Rate(events, Elapsed)).PadLeft(RateWidth));
        foreach ((string stage, string metric, int width) in _columns) Options.Writer.Write(Cell(report, stage, metric).PadLeft(width));
        Options.Writer.WriteLine();
        Options.Writer.Flush();
        _shown = events;
    }

    public override void End()
    {
    }

    private void WriteHead(PipelineReport report)
    {
        Options.Writer.Write("events".PadLeft(EventsWidth));
        Options.Writer.Write("events/s".PadLeft(RateWidth));
        foreach (StageReport stage in report.Stages)
        {
            foreach (string metric in stage.Headlines)
            {
                string title = $"{stage.Id} {metric}";
                int width = Math.Max(title.Length, MetricWidth) + 2;
                _columns.Add((stage.Id, metric, width));
                Options.Writer.Write(title.PadLeft(width));
            }
        }

        Options.Writer.WriteLine();
        _headed = true;
    }

    private static string Cell(PipelineReport report, string stage, string metric)
    {
        foreach (StageReport candidate in report.Stages)
        {
            if (candidate.Id == stage) return NumberText.Value(candidate[metric]);
        }

        return NumberText.Nothing;
    }

    /// <summary>1, 2, 5, 10, 20, 50, ...: the mark after this one.</summary>
    private static long Next(long mark)
    {
        long power = 1;
        while (mark / power >= 10) power *= 10;
        return mark / power == 2 ? power * 5 : mark * 2;
    }
}
