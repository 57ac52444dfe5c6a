using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Windows;

/// <summary>Whose windows a stage keeps.</summary>
public enum WindowKey
{
    /// <summary>One window for the whole stream.</summary>
    None,

    /// <summary>One for each user.</summary>
    User,

    /// <summary>One for each item.</summary>
    Item,
}

/// <summary>What the options of all window stages have in common.</summary>
public abstract class WindowOptions : IValidatableOptions
{
    internal const string EventValue = "value";

    /// <summary>What is aggregated: <c>value</c>, the value of the event, or a real column of an earlier stage as <c>stage.column</c>. Default
    /// <c>value</c>. An event enters if this number is finite.</summary>
    public string Of { get; set; } = EventValue;

    /// <summary>Whose windows: <c>none</c> for one over the whole stream, <c>user</c> or <c>item</c> for one each. Default <c>none</c>.</summary>
    public WindowKey Key { get; set; } = WindowKey.None;

    /// <summary>Most keys with a window, 1 to 10,000,000, where <see cref="Key"/> is not <c>none</c>; beyond it the key used longest ago loses its
    /// window. Default 65,536. Raising it takes memory in proportion.</summary>
    [Range(1, 10_000_000)]
    public int Keys { get; set; } = 65_536;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Of != EventValue && ColumnRead.Parse(Of, ColumnType.Real, nameof(Of)) is null)
            yield return (nameof(Of), $"is '{Of}'; it must be '{EventValue}' or a column, written stage.column.");
    }

    internal IEnumerable<ColumnRead> Reads() => Of != EventValue && ColumnRead.Parse(Of, ColumnType.Real, nameof(Of)) is { } read ? [read] : [];
}
