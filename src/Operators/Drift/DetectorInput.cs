namespace Streaming.Operators.Drift;

/// <summary>What detectors do with values that are not finite, or whose squares and sums would not be.</summary>
internal static class DetectorInput
{
    /// <summary>Largest magnitude that is told apart: its square, summed over 10^15 values, is still finite.</summary>
    private const double Largest = 1e140;

    /// <summary>Clips <paramref name="value"/> to +-1e140; false if it is not finite and must be ignored.</summary>
    public static bool TryTake(ref double value)
    {
        if (Math.Abs(value) <= Largest) return true;
        if (!double.IsFinite(value)) return false;
        value = Math.CopySign(Largest, value);
        return true;
    }
}
