using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Windows;

/// <summary>Options of the stage <c>count-window</c>.</summary>
public sealed class CountWindowOptions : WindowOptions
{
    /// <summary>Events in a window, 1 to 10,000,000. Default 1,000; 20 for each key where <c>Key</c> is not <c>none</c>. Raising it smooths more, follows
    /// later, and takes 16 bytes an event.</summary>
    [Range(1, 10_000_000)]
    public int? Size { get; set; }

    internal int Events() => Size ?? (Key == WindowKey.None ? 1000 : 20);
}
