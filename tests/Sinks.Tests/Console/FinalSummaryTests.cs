using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Sinks.Console;
using Streaming.Sinks.Summary;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Console;

public sealed class FinalSummaryTests
{
    private static string Text(SummaryData data, ConsoleStyle style = default, int width = 100)
    {
        using StringWriter writer = new() { NewLine = "\n" };
        FinalSummary.Write(writer, data, style, width);
        return writer.ToString();
    }

    [Fact]
    public void The_table_is_exactly_this() => Assert.Equal(
        """
        200,000 events in 1.2 s (167,000 events/s), 0 rejected, 64 MiB peak
        sketch       top         space-saving   top: 318 329, a-long-name 7
        model        mf          biased-mf      rmse .8712   mae .6721   users 5,998   items 3,410
        model        baseline    baseline       rmse .8991
        drift        drift       adwin          watch mf.loss   2 drifts at 103,423, 150,011
        evaluation   isgd-rank   ranking        recall@10 .09120   model isgd   mrr -
        mf beats baseline in RMSE by 3.1 %.

        """,
        Text(Runs.Of(Runs.Report())));

    [Fact]
    public void A_narrow_console_continues_below_the_numbers()
    {
        string[] lines = Text(Runs.Of(Runs.Report()), width: 65).Split('\n');
        Assert.Equal("model        mf          biased-mf      rmse .8712   mae .6721", lines[2]);
        Assert.Equal("                                        users 5,998   items 3,410", lines[3]);
        Assert.All(lines[1..^2], line => Assert.InRange(line.Length, 0, 65 + 10));
    }

    [Fact]
    public void Every_line_has_a_phrase_however_narrow_the_console() =>
        Assert.All(Text(Runs.Of(Runs.Report()), width: 1).Split('\n')[1..^2], line => Assert.NotEqual("", line.Trim()));

    [Fact]
    public void Bad_records_are_told_by_reason_and_a_resume_is_told()
    {
        long[] counts = new long[RejectionReasons.Count];
        counts[(int)RejectionReason.MissingField] = 1200;
        counts[(int)RejectionReason.NotFinite] = 3;
        string[] lines = Text(Runs.Of(new PipelineReport(), resumedFrom: 80_000) with { RejectedByReason = counts, Filtered = 7 }).Split('\n');
        Assert.Equal("200,000 events in 1.2 s (100,000 events/s), 1,203 rejected, 7 filtered, resumed at 80,000, 64 MiB peak", lines[0]);
        Assert.Equal("rejected: missing-field 1,200, not-finite 3", lines[1]);
    }

    [Fact]
    public void Many_drifts_are_counted_and_the_last_shown()
    {
        PipelineReport report = new();
        StageReport drift = report.Add("drift", "adwin");
        drift.Set("drifts", [.. Enumerable.Range(1, 1000).Select(i => Runs.At(i))]);
        drift.Set("drift_count", 4321L);
        Assert.Contains("4,321 drifts, last at 996, 997, 998, 999, 1,000", Text(Runs.Of(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_of_many_rows_are_shown()
    {
        PipelineReport report = new();
        IEnumerable<ReportEntry> counts = Enumerable.Range(1, 1000).Select(i => new ReportEntry("count", ReportValue.Of(2000L - i)));
        report.Add("top", "space-saving").Set("top", [.. counts.Select(count => new ReportRow(count))]);
        Assert.Contains("   top: 1,999, 1,998, 1,997, 1,996, 1,995, ... (1,000 in all)\n", Text(Runs.Of(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void One_drift_is_no_plural_and_none_is_told()
    {
        PipelineReport report = new();
        report.Add("a", "adwin").Set("drifts", [Runs.At(1023)]);
        report.Add("b", "adwin").Set("drifts", []);
        string text = Text(Runs.Of(report));
        Assert.Contains("1 drift at 1,023\n", text, StringComparison.Ordinal);
        Assert.Contains("0 drifts\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Colour_adds_nothing_but_escapes()
    {
        string plain = Text(Runs.Of(Runs.Report())), coloured = Text(Runs.Of(Runs.Report()), new ConsoleStyle(true));
        Assert.DoesNotContain('\e', plain);
        Assert.Contains("\e[32mmf beats baseline", coloured, StringComparison.Ordinal);
        foreach (string code in new[] { "0", "1", "2", "32" }) coloured = coloured.Replace($"\e[{code}m", "", StringComparison.Ordinal);
        Assert.Equal(plain, coloured);
    }

    [Fact]
    public void A_stage_that_says_nothing_leaves_no_blanks_behind()
    {
        PipelineReport report = new();
        report.Add("x", "mean");
        report.Add("much-longer", "biased-mf").Set("rmse", .5);
        Assert.All(Text(Runs.Of(report)).Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }
}
