using System.Collections.Frozen;
using Streaming.Abstractions.Reports;
using Streaming.Operators.Evaluation;

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
    // Before what is made of it: fields are made in this order.
    private static readonly (string Prefix, string Of)[] Spans = [("", ""), ("window_", ", of the last ones"), ("fading_", ", with fading memory")];

    /// <summary>All of them, by entry.</summary>
    public static IReadOnlyList<ReportMetric> All { get; } =
    [
        .. new ReportMetric[]
        {
            Gauge("arms", "Actions known to the policy"),
            Counter("clipped", "Rewards outside the bounds of the policy"),
            Counter("compared", "Visits compared with the user's visit before"),
            Gauge("count", "Events in the window", "count_in_window"),
            Gauge("ctr", "Mean reward of the policy's own choices"),
            Gauge("depth", "Rows of the sketch", hasView: true),
            Gauge("distinct", "Estimated number of distinct keys", hasView: true),
            Counter("drift_count", "Drifts signalled", "drifts"),
            None("drifts"),
            Gauge("error_bound", "Occurrences by which an estimate may be too high", hasView: true),
            Gauge("ess", "Effective sample size of the importance weights"),
            Counter("events", "Events the stage took in: learned from, ranked or judged"),
            Counter("evictions", "Users, items or keys that lost their place to others"),
            Gauge("fading_ctr", "Mean reward of the policy's own choices with fading memory"),
            Gauge("fading_jaccard", "Mean Jaccard similarity of a user's lists with fading memory"),
            Gauge("fading_mae", "Mean absolute error with fading memory"),
            Gauge("fading_rbo", "Mean rank-biased overlap of a user's lists with fading memory"),
            Gauge("fading_regret", "Mean regret with fading memory"),
            Gauge("fading_rmse", "Root mean squared error with fading memory"),
            Gauge("features", "Features that have occurred"),
            Counter("forgotten", "Users whose last list was given up for another's"),
            Gauge("high", "Two standard errors above the estimate", hasView: true),
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
            Counter("non_finite", "Events whose prediction was not finite or too far off to be added"),
            Gauge("rate", "Events a second of event time in the window", "rate_in_window"),
            Gauge("rbo", "Mean rank-biased overlap of a user's lists at two visits"),
            Gauge("refit_live_loss", "Mean loss of the model beside the last candidate"),
            Gauge("refit_loss", "Mean loss of the last candidate of a re-fit"),
            Counter("refits", "Candidates that were judged"),
            Counter("refits_won", "Candidates that took over"),
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
            Gauge("window_jaccard", "Mean Jaccard similarity of a user's lists, last comparisons"),
            Gauge("window_mae", "Mean absolute error of the last events"),
            Gauge("window_rbo", "Mean rank-biased overlap of a user's lists, last comparisons"),
            Gauge("window_regret", "Mean regret of the last decisions"),
            Gauge("window_rmse", "Root mean squared error of the last events"),
            Counter("forgotten_items", "Items whose number of events was given up for another's"),
            Counter("forgotten_users", "Users whose number of events was given up for another's"),
            Gauge("late_mae", "Mean absolute error from the event From on"),
            Gauge("late_rmse", "Root mean squared error from the event From on"),
            Counter("late_events", "Events ranked or judged from the event From on"),
            Counter("late_misses", "Events from the event From on whose user or item was new"),
            Counter("late_unknown", "Events from the event From on whose rank cannot be known"),
            Counter("left_out", "Times that an item came and there was no room for it"),
            Counter("lists", "Lists of sampled users"),
        }.Concat(OfRanks()).Concat(OfLists()).Concat(OfAges()).OrderBy(m => m.Entry, StringComparer.Ordinal),
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

    private static IEnumerable<ReportMetric> OfRanks()
    {
        foreach (int k in CutOffs.All)
        {
            yield return Counter($"hits@{k}", $"Events with the item among the first {k}");
            yield return Counter($"late_hits@{k}", $"Events from the event From on with the item among the first {k}");
        }

        foreach ((string prefix, string of) in Spans.Append(("late_", " from the event From on")))
        {
            foreach (int k in CutOffs.All)
            {
                yield return Gauge($"{prefix}recall@{k}", $"Share of events with the item among the first {k}{of}");
                yield return Gauge($"{prefix}dcg@{k}", $"Mean discounted gain at {k}{of}");
            }

            yield return Gauge($"{prefix}mrr", $"Mean reciprocal rank{of}");
            yield return Gauge($"{prefix}mpr", $"Mean percentile rank, 0 first and 1 last{of}");
            yield return Gauge($"{prefix}auc", $"Mean share of drawn candidates that score below the item{of}");
        }
    }

    private static IEnumerable<ReportMetric> OfLists()
    {
        foreach ((string prefix, string of) in Spans)
        {
            foreach (int k in CutOffs.All)
            {
                yield return Gauge($"{prefix}coverage@{k}", $"Share of the items known that lists of {k} show{of}");
                yield return Gauge($"{prefix}novelty@{k}", $"Mean novelty in bits of the items that lists of {k} show{of}");
                yield return Gauge($"{prefix}gini@{k}", $"Gini coefficient of how often lists of {k} show each item known{of}");
            }
        }
    }

    private static IEnumerable<ReportMetric> OfAges()
    {
        foreach (string whose in new[] { "user", "item" })
        {
            foreach (string age in AgeClasses.Names)
            {
                string of = age == "unknown" ? $"whose number of the {whose} is not known" : $"that are number {age.Replace('_', ' ').Replace("2 5", "2 to 5", StringComparison.Ordinal).Replace("6 20", "6 to 20", StringComparison.Ordinal)} of the {whose}";
                yield return Counter($"events_{whose}_{age}", $"Events ranked or judged {of}");
                yield return Counter($"hits@10_{whose}_{age}", $"Events with the item among the first 10 {of}");
                yield return Gauge($"recall@10_{whose}_{age}", $"Share with the item among the first 10 of events {of}");
                yield return Gauge($"dcg@10_{whose}_{age}", $"Mean discounted gain at 10 of events {of}");
                yield return Gauge($"mae_{whose}_{age}", $"Mean absolute error of events {of}");
                yield return Gauge($"rmse_{whose}_{age}", $"Root mean squared error of events {of}");
            }
        }
    }

    private static ReportMetric Counter(string entry, string help, string? name = null, bool hasView = false) => new(entry, ReportMetricForm.Counter, help, name, hasView);

    private static ReportMetric Gauge(string entry, string help, string? name = null, bool hasView = false) => new(entry, ReportMetricForm.Gauge, help, name, hasView);

    private static ReportMetric None(string entry) => new(entry, ReportMetricForm.None, "");
}
