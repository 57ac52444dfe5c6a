namespace Streaming.Operators.Drift;

/// <summary>What detectors do with values that would overflow their squares and sums.</summary>
internal static class DetectorInput
{
    /// <summary>Largest magnitude that is told apart: its square, summed over 10^15 values, is still finite.</summary>
    public const double Largest = 1e140;

    /// <summary>The nearest value within +-<see cref="Largest"/>.</summary>
    public static double Clip(double value) => Math.Clamp(value, -Largest, Largest);
}
