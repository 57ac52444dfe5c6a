using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Sinks.Summary;

namespace Streaming.Sinks.Tests.Support;

/// <summary>A run with a model, a baseline, rankings and a detector, as a pipeline reports it.</summary>
internal static class Runs
{
    public static EntityKeyCodec Names { get; } = new(42);

    public static SummaryData Of(PipelineReport report, long events = 200_000, long? resumedFrom = null) => new()
    {
        Events = events,
        RejectedByReason = new long[RejectionReasons.Count],
        Filtered = 0,
        ResumedFrom = resumedFrom,
        Seconds = 1.2,
        PeakMemoryBytes = 64 << 20,
        Report = report,
        Kinds = new Dictionary<string, StageKind>
        {
            ["mf"] = StageKind.Model,
            ["baseline"] = StageKind.Model,
            ["isgd-rank"] = StageKind.Evaluation,
            ["drift"] = StageKind.Drift,
            ["top"] = StageKind.Sketch,
        },
        Names = Names,
    };

    public static PipelineReport Report()
    {
        PipelineReport report = new();
        StageReport top = report.Add("top", "space-saving");
        top.Set("top", [Seen("318", 329), Seen("a-long-name", 7)]);
        StageReport mf = report.Add("mf", "biased-mf");
        mf.Set("mae", .6721, headline: false);
        mf.Set("rmse", .8712, headline: true);
        mf.Set("users", 5998L);
        mf.Set("items", 3410L);
        mf.Set("evictions", 0L);
        StageReport baseline = report.Add("baseline", "baseline");
        baseline.Set("rmse", .8991, headline: true);
        StageReport drift = report.Add("drift", "adwin");
        drift.Set("watch", "mf.loss");
        drift.Set("drifts", [At(103_423), At(150_011)]);
        drift.Set("drift_count", 2L, headline: true);
        StageReport rank = report.Add("isgd-rank", "ranking");
        rank.Set("model", "isgd");
        rank.Set("recall@10", .0912, headline: true);
        rank.SetNull("mrr");
        return report;
    }

    public static ReportRow At(long ordinal) => new(new ReportEntry("at", ReportValue.Of(ordinal)));

    private static ReportRow Seen(string item, long count) =>
        new(new ReportEntry("item", ReportValue.OfEntity(Names.Encode(item))), new ReportEntry("count", ReportValue.Of(count)));
}
