namespace Streaming.Abstractions.Stages;

/// <summary>The closed range that values lie in, as declared for the source. Without a declaration it is the whole line, and clips nothing.</summary>
public readonly record struct ValueRange(double Low, double High)
{
    /// <summary>No declared range.</summary>
    public static ValueRange Unbounded => new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Whether <paramref name="value"/> lies in the range.</summary>
    public bool Contains(double value) => value >= Low && value <= High;

    /// <summary>The nearest value in the range; NaN stays NaN.</summary>
    public double Clip(double value) => value < Low ? Low : value > High ? High : value;
}
