using Streaming.Abstractions.Reports;

namespace Streaming.Operators.Models;

/// <summary>The part of a report that all learners of users and items share.</summary>
internal static class StatisticsReport
{
    /// <summary>Adds what the model says of itself.</summary>
    public static void Add(StageReport report, IModelStatistics statistics, bool ranking)
    {
        report.Set("users", statistics.Users);
        report.Set("items", statistics.Items);
        report.Set("evictions", statistics.Evictions);
        report.Set("resets", statistics.Resets);
        if (statistics.SharedEvents is long shared) report.Set("shared", shared);
        if (ranking) report.Set("truncations", statistics.Truncations);
    }
}
