using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Windows;

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
