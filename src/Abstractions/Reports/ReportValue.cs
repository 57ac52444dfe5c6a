namespace Streaming.Abstractions.Reports;

/// <summary>A value of a report: a number, an integer, a text, a list of rows, or nothing (null: it does not exist, or would be wrong).</summary>
public readonly record struct ReportValue
{
    private ReportValue(ReportValueKind kind, double number, long integer, object? reference) =>
        (Kind, Number, Integer, Reference) = (kind, number, integer, reference);

    /// <summary>Which of the forms it has.</summary>
    public ReportValueKind Kind { get; }

    /// <summary>The number, if <see cref="Kind"/> is <see cref="ReportValueKind.Number"/>; always finite.</summary>
    public double Number { get; }

    /// <summary>The integer, if <see cref="Kind"/> is <see cref="ReportValueKind.Integer"/>.</summary>
    public long Integer { get; }

    /// <summary>The text, if <see cref="Kind"/> is <see cref="ReportValueKind.Text"/>.</summary>
    public string Text => (string)Reference!;

    /// <summary>The key of an entity, if <see cref="Kind"/> is <see cref="ReportValueKind.Entity"/>: whoever prints it looks its name up.</summary>
    public ulong Entity => (ulong)Integer;

    /// <summary>The rows, if <see cref="Kind"/> is <see cref="ReportValueKind.Rows"/>.</summary>
    public IReadOnlyList<ReportRow> Rows => (IReadOnlyList<ReportRow>)Reference!;

    private object? Reference { get; }

    /// <summary>Nothing.</summary>
    public static ReportValue Null => default;

    /// <summary>A number; nothing if it is not finite.</summary>
    public static ReportValue Of(double value) => double.IsFinite(value) ? new(ReportValueKind.Number, value, 0, null) : Null;

    /// <summary>An integer.</summary>
    public static ReportValue Of(long value) => new(ReportValueKind.Integer, 0, value, null);

    /// <summary>A text.</summary>
    public static ReportValue Of(string value) => new(ReportValueKind.Text, 0, 0, value);

    /// <summary>An entity by its key.</summary>
    public static ReportValue OfEntity(ulong key) => new(ReportValueKind.Entity, 0, (long)key, null);

    /// <summary>Rows of named values.</summary>
    public static ReportValue Of(IReadOnlyList<ReportRow> rows) => new(ReportValueKind.Rows, 0, 0, rows);
}

/// <summary>Forms of a <see cref="ReportValue"/>.</summary>
public enum ReportValueKind
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A user or item.</summary>
    Entity,

    /// <summary>A list of rows.</summary>
    Rows,
}

/// <summary>A named value.</summary>
public readonly record struct ReportEntry(string Name, ReportValue Value);

/// <summary>A row: named values in order.</summary>
public sealed class ReportRow(params ReportEntry[] entries)
{
    /// <summary>The values.</summary>
    public IReadOnlyList<ReportEntry> Entries { get; } = entries;
}
