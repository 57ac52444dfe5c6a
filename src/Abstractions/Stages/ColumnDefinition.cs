namespace Streaming.Abstractions.Stages;

/// <summary>Type of a column's values.</summary>
public enum ColumnType
{
    /// <summary><see cref="double"/>; NaN where the event has no value.</summary>
    Real,

    /// <summary><see cref="int"/>; the column says what its values mean.</summary>
    Integer,

    /// <summary>A list of items: an <see cref="Events.ArenaSpan"/> of <see cref="Events.EventBatch.Items"/>; empty where the event has none.</summary>
    List,
}

/// <summary>
/// A column that a stage can write. A name that ends with <c>@</c> is a family: a reader asks for one member (<c>rank@20</c>), and the plan passes
/// the demand to the stage.
/// </summary>
/// <param name="Name">Name within the stage, lower case.</param>
/// <param name="Type">Type of the values.</param>
/// <param name="Meaning">What a value says, with unit and special values: for the documentation and <c>streaming plan</c>.</param>
public sealed record ColumnDefinition(string Name, ColumnType Type, string Meaning)
{
    /// <summary>Whether the name is a family of columns.</summary>
    public bool IsFamily => Name.EndsWith('@');
}

/// <summary>A column that a stage reads.</summary>
/// <param name="Stage">Id of the stage that writes it.</param>
/// <param name="Column">Its name, with the member where it belongs to a family.</param>
/// <param name="Type">Type the reader needs.</param>
/// <param name="Option">Name of the option that asks for it: where an error points to.</param>
public sealed record ColumnRead(string Stage, string Column, ColumnType Type, string Option)
{
    /// <summary>The full name, as users write it.</summary>
    public string FullName => $"{Stage}.{Column}";

    /// <summary>
    /// Splits <c>stage.column</c> at the last dot before any <c>@</c>; null if there is none, or if the stage, the column or the member after
    /// the <c>@</c> is empty.
    /// </summary>
    public static ColumnRead? Parse(string text, ColumnType type, string option)
    {
        int at = text.IndexOf('@');
        int end = at < 0 ? text.Length : at;
        int dot = text.AsSpan(0, end).LastIndexOf('.');
        return dot > 0 && dot < end - 1 && at != text.Length - 1 ? new ColumnRead(text[..dot], text[(dot + 1)..], type, option) : null;
    }
}
