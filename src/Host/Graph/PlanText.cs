using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Graph;

/// <summary>A plan as text for people.</summary>
internal static class PlanText
{
    public static string Of(GraphPlan plan)
    {
        StringBuilder text = new();
        text.AppendLine($"source  {plan.Source}");
        if (plan.Items.Count > 0) text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"items   {plan.Items.Count:N0} listed{(plan.Items.HasLives ? ", some offered for a part of the time only" : "")}"));
        text.AppendLine($"batches {plan.PoolSize} of {plan.BatchSize:N0} events, {plan.RealColumns} real, {plan.IntegerColumns} integer and {plan.ListColumns} list columns; seed {plan.Seed}");
        text.AppendLine();
        List<string[]> rows = [["stage", "kind", "type", "at most", "reads", "writes"]];
        foreach (PlannedStage stage in plan.Stages)
        {
            rows.Add([
                stage.Id, Configuration.StrictBinder.Kebab(stage.Type.Kind.ToString()), stage.Type.Name, Size(stage.Bytes),
                stage.Reads.IsEmpty ? "-" : string.Join(' ', stage.Reads),
                stage.Writes.IsEmpty ? "-" : string.Join(' ', stage.Writes.Select(w => w.Name)),
            ]);
        }

        foreach ((string id, string type) in plan.Sinks) rows.Add([id, "sink", type, "-", "-", "-"]);
        Table(text, rows);
        text.AppendLine();
        text.AppendLine("columns that are read:");
        foreach (PlannedColumn column in plan.Columns)
            text.AppendLine($"  {column.FullName} -> {string.Join(", ", column.Readers)}: {column.Definition.Meaning}");
        text.AppendLine();
        Table(text, [
            ["memory, everything at its capacity", ""],
            ["  runtime", Size(GraphPlan.RuntimeBytes)],
            ["  source", Size(plan.SourceBytes)],
            .. plan.Items.Count == 0 ? ImmutableArray<string[]>.Empty : [["  items", Size(plan.Items.Bytes)]],
            ["  batches", Size(plan.BatchBytes)],
            ["  stages", Size(plan.Stages.Sum(s => s.Bytes))],
            ["  in all", Size(plan.TotalBytes)],
        ]);
        return text.ToString();
    }

    /// <summary>A number of bytes in the unit that suits it.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 10_000L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB"),
    };

    private static void Table(StringBuilder text, List<string[]> rows)
    {
        int columns = rows[0].Length;
        int[] widths = [.. Enumerable.Range(0, columns).Select(c => rows.Max(r => r[c].Length))];
        foreach (string[] row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, c) => c == columns - 1 && columns > 2 ? cell : cell.PadRight(widths[c]))).TrimEnd());
    }
}
