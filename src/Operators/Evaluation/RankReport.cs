using System.Globalization;
using Streaming.Abstractions.Reports;

namespace Streaming.Operators.Evaluation;

/// <summary>Writes what ranks are worth into reports: the same names wherever they are measured.</summary>
internal static class RankReport
{
    /// <summary>The measures over all events of <paramref name="sums"/>: means, hits and counts, each with <paramref name="prefix"/> before its name.</summary>
    public static void Add(StageReport report, RankMeasures measures, RankSums sums, string prefix = "")
    {
        report.Set(prefix + "events", sums.Events);
        for (int m = 0; m < measures.Count; m++) report.Set(prefix + measures.Names[m], sums.Mean(m), headline: prefix.Length == 0 && m == measures.RecallAt(RankMeasure.K));
        foreach (int k in measures.Ks) SetCount(report, string.Create(CultureInfo.InvariantCulture, $"{prefix}hits@{k}"), sums.Hits(k));
        report.Set(prefix + "misses", sums.Misses);
        report.Set(prefix + "unknown", sums.Unknown);
    }

    /// <summary>Sets a count; null where it cannot be said.</summary>
    public static void SetCount(StageReport report, string name, long? count)
    {
        if (count is long value) report.Set(name, value);
        else report.SetNull(name);
    }
}
