using System.Globalization;
using System.Text;
using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Console;

/// <summary>One line, rewritten in place: <c> 42 %  84,000 events  166,000/s  ETA 0:07  mf rmse .8712  isgd-rank recall@10 .0912</c>.</summary>
internal sealed class TerminalLine(ProgressOptions options) : ProgressView(options)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private TimeSpan _asked;
    private double _firstShare = double.NaN;
    private TimeSpan _first;
    private TimeSpan _latest;
    private int _shown;

    public override bool WantsReport(long eventsSoFar)
    {
        TimeSpan now = Elapsed;
        if (now - _asked < Interval) return false;
        _asked = now;
        return true;
    }

    public override void Show(long events, PipelineReport report)
    {
        TimeSpan now = Elapsed;
        if (now - _latest < Interval) return;
        _latest = now;
        double share = Options.Progress();
        StringBuilder line = new();
        if (!double.IsNaN(share)) line.Append(CultureInfo.InvariantCulture, $"{Math.Floor(share * 100),3:0} %  ");
        line.Append(CultureInfo.InvariantCulture, $"{NumberText.Count(events)} events  {NumberText.Rate(Rate(events, now))}/s");
        if (Remaining(share, now) is TimeSpan left) line.Append(CultureInfo.InvariantCulture, $"  ETA {Clock(left)}");
        foreach (StageReport stage in report.Stages)
        {
            for (int i = 0; i < stage.Headlines.Count; i++)
            {
                string name = stage.Headlines[i];
                line.Append("  ");
                if (i == 0) line.Append(stage.Id).Append(' ');
                line.Append(name).Append(' ').Append(NumberText.Value(stage[name]));
            }
        }

        // The last cell stays free: a terminal that wraps there would begin a new line.
        line.Length = Math.Min(line.Length, Math.Max(20, Options.Width) - 1);
        int length = line.Length;
        line.Append(' ', Math.Max(0, _shown - length));
        Options.Writer.Write('\r');
        Options.Writer.Write(line);
        Options.Writer.Flush();
        _shown = length;
    }

    /// <summary>Wipes the line: what comes after the run takes its place.</summary>
    public override void End()
    {
        if (_shown == 0) return;
        Options.Writer.Write('\r' + new string(' ', _shown) + '\r');
        Options.Writer.Flush();
        _shown = 0;
    }

    /// <summary>Time left at the pace since the first line; null while there is none to go by.</summary>
    private TimeSpan? Remaining(double share, TimeSpan now)
    {
        if (double.IsNaN(_firstShare)) (_firstShare, _first) = (share, now);
        double done = share - _firstShare;
        return done > 0 && share <= 1 ? (now - _first) * Math.Min((1 - share) / done, 1e6) : null;
    }

    private static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
}
