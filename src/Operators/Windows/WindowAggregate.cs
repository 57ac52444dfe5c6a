namespace Streaming.Operators.Windows;

/// <summary>What a window says of its events.</summary>
/// <param name="Count">Events in the window; NaN where <see cref="Unknown"/>.</param>
/// <param name="Sum">Sum of their values; NaN where <see cref="Unknown"/>.</param>
/// <param name="Rate">Events per second of event time, as the window defines it; NaN where that is not defined.</param>
public readonly record struct WindowAggregate(double Count, double Sum, double Rate)
{
    /// <summary>What a window says whose content is not known in full: nothing, rather than something wrong.</summary>
    public static WindowAggregate Unknown => new(double.NaN, double.NaN, double.NaN);

    /// <summary>Mean of the values; NaN for an empty window.</summary>
    public double Mean => Sum / Count;
}
