using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Console;

/// <summary>What a stage reported, as short phrases for people: <c>rmse .8712</c>, <c>users 5,998</c>, <c>2 drifts at 103,423, 150,011</c>.</summary>
internal static class StageText
{
    private const int RowsShown = 5;

    /// <summary>
    /// The phrases: headlines first, then the rest as the stage set them. Counts that are 0 and no headline are left out: nothing was evicted, reset, late.
    /// </summary>
    public static List<string> Of(StageReport stage, EntityKeyCodec names)
    {
        List<string> headlines = [], others = [];
        foreach (ReportEntry entry in stage.Entries)
        {
            bool headline = stage.Headlines.Contains(entry.Name);
            if (entry.Value.Kind == ReportValueKind.Rows)
                others.Add(RowsPhrase(stage, entry, names));
            else if (!IsCountOfRows(stage, entry.Name) && (headline || entry.Value is not { Kind: ReportValueKind.Integer, Integer: 0 }))
                (headline ? headlines : others).Add($"{entry.Name} {NumberText.Value(entry.Value, names)}");
        }

        return [.. headlines, .. others];
    }

    /// <summary>A list of rows: how many there were, and the newest places or the first rows.</summary>
    private static string RowsPhrase(StageReport stage, ReportEntry list, EntityKeyCodec names)
    {
        IReadOnlyList<ReportRow> rows = list.Value.Rows;
        ReportValue counted = stage[CountName(list.Name)];
        long count = counted.Kind == ReportValueKind.Integer ? counted.Integer : rows.Count;
        string title = $"{NumberText.Count(count)} {(count == 1 ? Singular(list.Name) : list.Name)}";
        if (rows.Count == 0) return title;

        bool places = rows.All(row => row.Entries.Any(IsPlace));
        IEnumerable<ReportRow> shown = places ? rows.Skip(Math.Max(0, rows.Count - RowsShown)) : rows.Take(RowsShown);
        string text = string.Join(", ", shown.Select(row => places
            ? NumberText.Value(row.Entries.First(IsPlace).Value, names)
            : string.Join(' ', row.Entries.Select(cell => NumberText.Value(cell.Value, names)))));
        if (!places) return $"{list.Name}: {text}{(count > RowsShown ? $", ... ({NumberText.Count(count)} in all)" : "")}";
        return count > RowsShown ? $"{title}, last at {text}" : $"{title} at {text}";
    }

    /// <summary>A list may be shorter than what it counts; the stage then says the count beside it: <c>drifts</c> and <c>drift_count</c>.</summary>
    private static bool IsCountOfRows(StageReport stage, string name) =>
        stage.Entries.Any(entry => entry.Value.Kind == ReportValueKind.Rows && CountName(entry.Name) == name);

    private static bool IsPlace(ReportEntry entry) => entry is { Name: "at", Value.Kind: ReportValueKind.Integer };

    private static string CountName(string list) => Singular(list) + "_count";

    private static string Singular(string plural) => plural.EndsWith('s') ? plural[..^1] : plural;
}
