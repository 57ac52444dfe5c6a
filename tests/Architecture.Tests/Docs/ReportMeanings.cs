using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Operators.Evaluation;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>
/// What the names in reports mean. A meaning is found by <c>type/name</c>, else by <c>kind/name</c>; the rows of a list are explained
/// with the list, each of their names in backticks.
/// </summary>
internal sealed class ReportMeanings
{
    private static readonly Dictionary<string, string> Table = new(StringComparer.Ordinal)
    {
        ["summary/events"] = "Events of the whole stream, those before a resume included.",
        ["summary/rejected"] = "Records that were bad and not taken.",
        ["summary/rejected_by_reason"] = "The same by reason (the reasons are in [configuration.md](configuration.md)); only where there are any.",
        ["summary/filtered"] = "Good records left out because of `Source:MinimumValue`.",
        ["summary/resumed_from"] = "Events that were already in the snapshot this run went on from; null for a run from the start.",
        ["summary/seconds"] = "Seconds this run took.",
        ["summary/events_per_second"] = "Events of this run by its seconds.",
        ["summary/peak_memory_bytes"] = "Largest resident memory of the process, in bytes.",
        ["summary/stages"] = "What each stage reports, below.",

        ["event/event"] = "0-based number of the event in the stream.",
        ["event/topic"] = "0-based place of its topic among those of the source; left out for the first.",
        ["event/partition"] = "Partition of the source; left out for partition 0.",
        ["event/offset"] = "0-based number of its record in the partition, rejected and filtered ones counted.",
        ["event/ts"] = "Event time, ISO 8601 in UTC.",
        ["event/kind"] = "What kind of event it is; left out for interactions.",
        ["event/user"] = "Id of the user; left out where there is none.",
        ["event/item"] = "Id of the item, or of the action that the log chose; left out where there is none.",
        ["event/value"] = "Its value, or the reward of a decision; left out where there is none.",
        ["event/propensity"] = "Of a decision: the probability with which the log's action was chosen.",

        ["window/count"] = "Events in the window at the end; null where it cannot be known.",
        ["window/mean"] = "Mean of the values in the window; null for an empty one.",
        ["window/sum"] = "Sum of the values in the window.",
        ["window/rate"] = "Events a second of event time in the window.",
        ["window/late"] = "Events that came after their time had left the window, and did not enter it.",
        ["window/truncated"] = "Events that a full window had no room for, or that pushed an older one out before its time: the aggregate is null while it misses one.",
        ["window/keys"] = "Users or items with a window.",
        ["window/evictions"] = "Users or items that lost their window to others.",

        ["sketch/total"] = "Occurrences counted.",
        ["hyperloglog/distinct"] = "Estimated number of distinct keys.",
        ["hyperloglog/low"] = "Two standard errors below `distinct`, but never below what has been seen for certain.",
        ["hyperloglog/high"] = "Two standard errors above `distinct`.",
        ["count-min/width"] = "Cells in a row.",
        ["count-min/depth"] = "Rows.",
        ["count-min/error_bound"] = "Occurrences by which an estimate may be too high, with probability 1 - Delta; it is never too low.",
        ["count-min/saturations"] = "How often a cell could not take what was added to it.",
        ["space-saving/top"] = "The most frequent keys, largest first: rows with `key`, its `count`, and by how much that may be too high (`error`).",

        ["model/events"] = "Events the model was asked for and learned from.",
        ["model/users"] = "Users the model holds.",
        ["model/items"] = "Items the model holds.",
        ["model/evictions"] = "Users and items that lost their row to others.",
        ["model/resets"] = "Rows and biases set back because they were no longer finite.",
        ["model/truncations"] = "Entries of users' histories that were not kept because the room was used up; only where ranks are asked of the model.",
        ["model/refits"] = "Re-fits whose candidate was judged; this and what follows only with `Refit:Every`.",
        ["model/refits_won"] = "Those whose candidate took over.",
        ["model/refit_loss"] = "Mean loss of the last candidate, over the events on which it was judged; null before the first.",
        ["model/refit_live_loss"] = "Mean loss of the model on the same events.",
        ["model/mae"] = "Mean absolute error of the predictions over the whole stream.",
        ["model/rmse"] = "Root mean squared error of the predictions over the whole stream.",
        ["model/non_finite"] = "Events whose prediction was not finite, or so far off that its error could not be added.",

        ["bandit/events"] = "Decisions the policy was asked for.",
        ["bandit/matches"] = "Decisions where the policy's own choice was the logged one, each counted by its weight.",
        ["bandit/matched_reward"] = "Sum of their rewards, each times its weight.",
        ["bandit/ctr"] = "Mean reward of the policy's own choices: over all decisions where the log knows what every action earns, else `matched_reward` / `matches`; null before the first.",
        ["bandit/window_ctr"] = "`ctr` over the last `Window` of them.",
        ["bandit/fading_ctr"] = "`ctr`, where a decision n decisions back weighs `Fading` to the n-th power.",
        ["bandit/regret"] = "What the best actions would have earned more than the policy's own choices, as a sum; see `regret_against`.",
        ["bandit/regret_against"] = "`expected`: every decision knows what its actions are worth (mean rewards, else rewards), and regret is true; `best-fixed`: regret is an estimate by importance weights against the best single action, and null once more than `Arms` actions came.",
        ["bandit/window_regret"] = "Mean regret of the last `Window` decisions; null unless `regret_against` is `expected`.",
        ["bandit/fading_regret"] = "Mean regret with fading weights; null as above.",
        ["bandit/regret_exponent"] = "Least-squares slope of log regret on log decisions, over 50 points from the 100th on: 1 for a policy that never learns, near 0.5 or below for one that does; null before 200 decisions, and where regret is not positive.",
        ["bandit/ips"] = "What the policy would have earned a decision, by inverse propensity scoring: mean of weight times reward, with weight = the policy's probability of the logged action over the logged propensity.",
        ["bandit/ips_se"] = "Its standard error.",
        ["bandit/ips_low"] = "Lower end of its 95 % interval by the central limit theorem; not to be trusted where `ess` is small.",
        ["bandit/ips_high"] = "Upper end of that interval.",
        ["bandit/snips"] = "The same estimate, self-normalized: sum of weight times reward over the sum of weights.",
        ["bandit/snips_se"] = "Its standard error by the delta method.",
        ["bandit/ess"] = "Effective sample size: squared sum of weights over the sum of their squares.",
        ["bandit/max_weight"] = "Largest weight.",
        ["bandit/mean_weight"] = "Mean weight: near 1 where the logged propensities are right.",
        ["bandit/skipped"] = "Decisions left out of everything above, and not learned: weight 0, or no reward or propensity that can be calculated with.",
        ["bandit/arms"] = "Arms the policy holds.",
        ["bandit/evictions"] = "Arms that lost their place to others.",
        ["thompson/clipped"] = "Rewards outside `Low` to `High`.",
        ["lin-ucb/resets"] = "Arms set back because something of theirs was no longer finite.",
        ["lin-ucb/features"] = "Features that have been learned, the intercept included.",

        ["drift/watch"] = "The column that is watched.",
        ["drift/values"] = "Values the detector has seen.",
        ["drift/skipped"] = "Events without a value to watch.",
        ["drift/warnings"] = "How often the warning state was entered.",
        ["drift/drift_count"] = "Drifts that were signalled.",
        ["drift/drifts"] = "The last 1,000 of them, oldest first: rows with `at`, the 0-based number of the event.",

        ["evaluation/model"] = "Id of the model that is judged.",
        ["rating-error/events"] = "Predictions that were judged.",
        ["rating-error/mae"] = "Mean absolute error over the whole stream.",
        ["rating-error/rmse"] = "Root mean squared error over the whole stream.",
        ["rating-error/window_mae"] = "Mean absolute error over the last `Window` events.",
        ["rating-error/window_rmse"] = "Root mean squared error over the last `Window` events.",
        ["rating-error/fading_mae"] = "Mean absolute error, where an error n errors back weighs `Fading` to the n-th power.",
        ["rating-error/fading_rmse"] = "Root mean squared error with the same weights.",
        ["rating-error/non_finite"] = "Errors too large to be added, and left out.",
        ["ranking/events"] = "Events that were ranked, cold ones included: the denominator of every share.",
        ["ranking/misses"] = "Events whose user or item had never been seen before: no hit, whatever the model.",
        ["ranking/unknown"] = "Events whose rank cannot be known, because a bounded history or table had dropped what it needs.",
        ["rating-error/late_events"] = "Predictions judged from the event `From` on; only where `From` is set, as all that begins with `late_`.",
        ["rating-error/late_mae"] = "Mean absolute error of these.",
        ["rating-error/late_rmse"] = "Root mean squared error of these.",
        ["ranking/late_events"] = "Events ranked from the event `From` on; only where `From` is set, as all that begins with `late_`.",
        ["ranking/late_misses"] = "`misses` of these.",
        ["ranking/late_unknown"] = "`unknown` of these.",
        ["evaluation/forgotten_users"] = "Users whose number of events was given up for another's (`AgeUsers`); only where `Ages` is set.",
        ["evaluation/forgotten_items"] = "Items whose number of events was given up for another's (`AgeItems`); only where `Ages` is set.",
        ["exposure/lists"] = "Events with a list: those of users in the sample whom the model knew.",
        ["exposure/items"] = "Items known: those that interactions have named.",
        ["exposure/left_out"] = "Times that an item came and there was no room for it: from then on no measure is known.",
        ["stability/visits"] = "Events with a list: those of users in the sample whom the model knew.",
        ["stability/compared"] = "Visits whose list was compared with the one of the user's visit before.",
        ["stability/users"] = "Users whose last list is remembered.",
        ["stability/forgotten"] = "Users whose last list was given up for another's: the next visit compares with nothing.",
        ["stability/jaccard"] = "Mean, over the comparisons, of the share of items of either list that both have: 1 where a user sees the same items again, 0 where all are new.",
        ["stability/rbo"] = "Mean rank-biased overlap of the two lists: the same, but the first ranks count most.",
        ["stability/window_jaccard"] = "`jaccard` over the last `Window` comparisons.",
        ["stability/window_rbo"] = "`rbo` over the last `Window` comparisons.",
        ["stability/fading_jaccard"] = "`jaccard`, where a comparison n comparisons back weighs `Fading` to the n-th power.",
        ["stability/fading_rbo"] = "`rbo` with the same weights.",
    };

    // Measures at each k, over each span of events, and by age have meanings that are put together.
    static ReportMeanings()
    {
        (string Prefix, string Of)[] spans = [("", ""), ("window_", ", over the last `Window` of them"), ("fading_", ", where one n back weighs `Fading` to the n-th power"), ("late_", ", from the event `From` on")];
        foreach ((string prefix, string of) in spans)
        {
            foreach (int k in CutOffs.All)
            {
                Table[$"ranking/{prefix}recall@{k}"] = $"Share of events whose item was among the first {k}{of}; null if `Depth` is less, or if any rank is unknown. The same as the hit rate, since one item comes.";
                Table[$"ranking/{prefix}dcg@{k}"] = $"Mean over the events of 1 / log2(1 + rank) for ranks up to {k}, of 0 for others{of}; null as above. The same as NDCG, since one item comes.";
                if (prefix is "" or "late_") Table[$"ranking/{prefix}hits@{k}"] = $"Events whose item was among the first {k}{of}; null as above.";
                if (prefix == "late_") continue;
                Table[$"exposure/{prefix}coverage@{k}"] = $"Share of the items known that lists of {k} have shown{of}" + (prefix == "fading_" ? "; an item counts what its last list weighs." : ".");
                Table[$"exposure/{prefix}novelty@{k}"] = $"Mean over the lists of the mean of -log2 of an item's share of all events before, in bits{of}.";
                Table[$"exposure/{prefix}gini@{k}"] = $"Gini coefficient of how often each item known was shown{of}: 0 where all are shown as often, near 1 where few are shown always.";
            }

            Table[$"ranking/{prefix}mrr"] = $"Mean of 1 / rank{of}; null unless `Depth` is `full`.";
            Table[$"ranking/{prefix}mpr"] = $"Mean of (rank - 1) / (candidates - 1), 0 first and 1 last{of}; a cold event counts 1; null unless `Depth` is `full`.";
            Table[$"ranking/{prefix}auc"] = $"Mean share of `AucSamples` drawn candidates that score below the item, ties half{of}; a cold event counts 0. Only where they are drawn.";
        }

        foreach (string whose in new[] { "user", "item" })
        {
            foreach (string age in AgeClasses.Names)
            {
                string of = age switch
                {
                    "1" => $"that are the {whose}'s first",
                    "2_5" => $"that are the {whose}'s second to 5th",
                    "6_20" => $"that are the {whose}'s 6th to 20th",
                    "over_20" => $"that are a later one of the {whose}",
                    _ => $"of a {whose} that may have been given up and be back",
                };
                Table[$"evaluation/events_{whose}_{age}"] = $"Events {of}; only where `Ages` is set, as all below that ends so.";
                foreach (string measure in new[] { "hits@10", "recall@10", "dcg@10" }) Table[$"ranking/{measure}_{whose}_{age}"] = $"`{measure}` of events {of}.";
                foreach (string measure in new[] { "mae", "rmse" }) Table[$"rating-error/{measure}_{whose}_{age}"] = $"`{measure}` of events {of}.";
            }
        }
    }

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Meanings that nothing has asked for.</summary>
    public IEnumerable<string> Unused => Table.Keys.Where(k => !_used.Contains(k));

    /// <summary>Meaning of what a stage reports.</summary>
    public string Of(StageKind kind, string type, string name) =>
        Find($"{type}/{name}") ?? Find($"{StrictBinder.Kebab(kind.ToString())}/{name}") ?? throw Missing($"{type}/{name}");

    /// <summary>Meaning of a field of a group.</summary>
    public string Of(string group, string name) => Find($"{group}/{name}") ?? throw Missing($"{group}/{name}");

    private static InvalidOperationException Missing(string what) => new($"'{what}' is reported, but {nameof(ReportMeanings)} does not say what it means.");

    private string? Find(string key)
    {
        if (!Table.TryGetValue(key, out string? meaning)) return null;
        _used.Add(key);
        return meaning;
    }
}
