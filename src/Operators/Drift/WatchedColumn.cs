using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Drift;

/// <summary>The option that names the column a drift stage watches.</summary>
internal static class WatchedColumn
{
    private const string Option = nameof(IDriftStageOptions.Watch);

    /// <summary>The column; nothing where the option has no such form.</summary>
    public static IEnumerable<ColumnRead> Read(string watch) => ColumnRead.Parse(watch, ColumnType.Real, Option) is { } read ? [read] : [];

    /// <summary>The rule for its form. That it is there at all is an annotation's business.</summary>
    public static IEnumerable<(string Option, string Message)> Validate(string? watch)
    {
        if (!string.IsNullOrEmpty(watch) && ColumnRead.Parse(watch, ColumnType.Real, Option) is null)
            yield return (Option, $"is '{watch}'; a column is written stage.column, as in mf.loss.");
    }
}
