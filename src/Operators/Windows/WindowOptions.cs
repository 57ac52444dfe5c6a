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

/// <summary>Options of the stage <c>count-window</c>.</summary>
public sealed class CountWindowOptions : WindowOptions
{
    /// <summary>Events in a window, 1 to 10,000,000. Default 1,000; 20 for each key where <c>Key</c> is not <c>none</c>. Raising it smooths more, follows
    /// later, and takes 16 bytes an event.</summary>
    [Range(1, 10_000_000)]
    public int? Size { get; set; }

    internal int Events() => Size ?? (Key == WindowKey.None ? 1000 : 20);
}

/// <summary>Options of the stage <c>time-window</c>.</summary>
public sealed class TimeWindowOptions : WindowOptions
{
    /// <summary>Length of the window in seconds of event time, 0.000001 to 1,000,000,000. Default 3,600. Raising it smooths more and follows later.</summary>
    [Range(1e-6, 1e9)]
    public double Seconds { get; set; } = 3600;

    /// <summary>Most events held in a window, 1 to 10,000,000. Default 65,536; 64 for each key where <c>Key</c> is not <c>none</c>. Where more fall into the
    /// span the aggregate is unknown. Raising it takes 16 bytes an event.</summary>
    [Range(1, 10_000_000)]
    public int? Capacity { get; set; }

    internal int Events() => Capacity ?? (Key == WindowKey.None ? 65_536 : 64);

    internal long Span() => (long)Math.Round(Seconds * 1e6);
}
