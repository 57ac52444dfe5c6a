using System.Collections.Frozen;
using Streaming.Abstractions.Reports;

namespace Streaming.Host.Observability;

/// <summary>What becomes of a value that a stage reports.</summary>
internal enum ReportMetricForm
{
    /// <summary>A count that only grows.</summary>
    Counter,

    /// <summary>A number that can also fall.</summary>
    Gauge,

    /// <summary>No number, and no metric.</summary>
    None,
}

/// <summary>How one entry of the stages' reports is exported.</summary>
/// <param name="Entry">Its name in the report.</param>
/// <param name="Form">What it becomes.</param>
/// <param name="Help">What it says, for any stage that reports it.</param>
/// <param name="Name">What the metric is called after <c>streaming_</c>, where that is not the entry's name.</param>
/// <param name="HasView">Whether stages with views across shards report it.</param>
internal sealed record ReportMetric(string Entry, ReportMetricForm Form, string Help, string? Name = null, bool HasView = false)
{
    /// <summary>Name of the instrument.</summary>
    public string Instrument => "streaming." + (Name ?? Entry);

    /// <summary>Name of the instrument of the view across shards: another, so that a sum over shards has nothing twice.</summary>
    public string ViewInstrument => "streaming.view." + (Name ?? Entry);
}

/// <summary>
/// Every entry that a type of stage reports, and what becomes of it: what is not listed is not exported, and a test finds it. An entry has one meaning in
/// all stages that report it. Names that end as Prometheus reserves it (<c>_count</c>, <c>_sum</c>, <c>_total</c>), and the other aggregates of windows with
/// them, are replaced.
/// </summary>
internal static class ReportMetrics
{
    /// <summary>All of them, by entry.</summary>
    public static IReadOnlyList<ReportMetric> All { get; } =
    [
        Gauge("arms", "Actions known to the policy"),
        Counter("clipped", "Rewards outside the bounds of the policy"),
        Counter("compared", "Visits compared with the user's visit before"),
        Gauge("count", "Events in the window", "count_in_window"),
        Gauge("ctr", "Mean reward of the policy's own choices"),
        Gauge("dcg@10", "Mean discounted gain at 10"),
        Gauge("depth", "Rows of the sketch", hasView: true),
        Gauge("distinct", "Estimated number of distinct keys", hasView: true),
        Counter("drift_count", "Drifts signalled", "drifts"),
        None("drifts"),
        Gauge("error_bound", "Occurrences by which an estimate may be too high", hasView: true),
        Gauge("ess", "Effective sample size of the importance weights"),
        Counter("events", "Events the stage took in: learned from, ranked or judged"),
        Counter("evictions", "Users, items or keys that lost their place to others"),
        Gauge("fading_ctr", "Mean reward of the policy's own choices with fading memory"),
        Gauge("fading_dcg@10", "Mean discounted gain at 10 with fading memory"),
        Gauge("fading_jaccard", "Mean Jaccard similarity of a user's lists with fading memory"),
        Gauge("fading_mae", "Mean absolute error with fading memory"),
        Gauge("fading_rbo", "Mean rank-biased overlap of a user's lists with fading memory"),
        Gauge("fading_recall@10", "Share of events with the item among the first 10, with fading memory"),
        Gauge("fading_regret", "Mean regret with fading memory"),
        Gauge("fading_rmse", "Root mean squared error with fading memory"),
        Gauge("features", "Features that have occurred"),
        Counter("forgotten", "Users whose last list was given up for another's"),
        Gauge("high", "Two standard errors above the estimate", hasView: true),
        Counter("hits@10", "Events with the item among the first 10"),
        Counter("hits@20", "Events with the item among the first 20"),
        Gauge("ips", "Mean reward by importance weights"),
        Gauge("ips_high", "Upper end of its 95 % interval"),
        Gauge("ips_low", "Lower end of its 95 % interval"),
        Gauge("ips_se", "Its standard error"),
        Gauge("items", "Items held"),
        Gauge("jaccard", "Mean Jaccard similarity of a user's lists at two visits"),
        Gauge("keys", "Users or items with a window"),
        Counter("late", "Events that came too late for the window"),
        Gauge("low", "Two standard errors below the estimate", hasView: true),
        Gauge("mae", "Mean absolute error over the whole stream"),
        Gauge("matched_reward", "Rewards of the decisions in which policy and log chose the same"),
        Gauge("matches", "Decisions in which policy and log chose the same, by weight"),
        Gauge("max_weight", "Largest importance weight"),
        Gauge("mean", "Mean of the values in the window", "mean_in_window"),
        Gauge("mean_weight", "Mean importance weight"),
        Counter("misses", "Events whose user or item was new"),
        None("model"),
        Gauge("mrr", "Mean reciprocal rank"),
        Counter("non_finite", "Events whose prediction was not finite or too far off to be added"),
        Gauge("rate", "Events a second of event time in the window", "rate_in_window"),
        Gauge("rbo", "Mean rank-biased overlap of a user's lists at two visits"),
        Gauge("recall@10", "Share of events with the item among the first 10"),
        Gauge("regret", "Regret over the whole stream"),
        None("regret_against"),
        Gauge("regret_exponent", "Growth of regret: its slope over time, both in logarithms"),
        Counter("resets", "Rows, biases and arms set back because they were not sound"),
        Gauge("rmse", "Root mean squared error over the whole stream"),
        Counter("saturations", "How often a cell could not take what was added", hasView: true),
        Counter("skipped", "Events left out: nothing to watch in them, no weight, or no sound reward"),
        Gauge("snips", "Mean reward by self-normalized importance weights"),
        Gauge("snips_se", "Its standard error"),
        Gauge("sum", "Sum of the values in the window", "sum_in_window"),
        None("top"),
        Counter("total", "Occurrences counted", "occurrences", hasView: true),
        Counter("truncated", "Events that a full window had no room for, or pushed an older one out"),
        Counter("truncations", "Entries of histories that were not kept"),
        Counter("unknown", "Events whose rank cannot be known"),
        Gauge("users", "Users held"),
        Counter("values", "Values the detector has seen"),
        Counter("visits", "Events with a list of a sampled user"),
        Counter("warnings", "How often the warning state was entered"),
        None("watch"),
        Gauge("width", "Cells in a row of the sketch", hasView: true),
        Gauge("window_ctr", "Mean reward of the policy's last choices"),
        Gauge("window_dcg@10", "Mean discounted gain at 10 of the last events"),
        Gauge("window_jaccard", "Mean Jaccard similarity of a user's lists, last comparisons"),
        Gauge("window_mae", "Mean absolute error of the last events"),
        Gauge("window_rbo", "Mean rank-biased overlap of a user's lists, last comparisons"),
        Gauge("window_recall@10", "Share of the last events with the item among the first 10"),
        Gauge("window_regret", "Mean regret of the last decisions"),
        Gauge("window_rmse", "Root mean squared error of the last events"),
    ];

    private static readonly FrozenDictionary<string, ReportMetric> ByEntry = All.ToFrozenDictionary(m => m.Entry, StringComparer.Ordinal);

    /// <summary>What becomes of an entry; null for one that is not listed.</summary>
    public static ReportMetric? Of(string entry) => ByEntry.GetValueOrDefault(entry);

    /// <summary>Whether the value is one that a form exports: a number for a gauge, an integer for a counter, neither for no metric.</summary>
    public static bool Fits(ReportMetricForm form, ReportValueKind kind) => kind switch
    {
        ReportValueKind.Null => true,
        ReportValueKind.Integer => form != ReportMetricForm.None,
        ReportValueKind.Number => form == ReportMetricForm.Gauge,
        _ => form == ReportMetricForm.None,
    };

    private static ReportMetric Counter(string entry, string help, string? name = null, bool hasView = false) => new(entry, ReportMetricForm.Counter, help, name, hasView);

    private static ReportMetric Gauge(string entry, string help, string? name = null, bool hasView = false) => new(entry, ReportMetricForm.Gauge, help, name, hasView);

    private static ReportMetric None(string entry) => new(entry, ReportMetricForm.None, "");
}
