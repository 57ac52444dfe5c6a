using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Models;

/// <summary>
/// How large a step is by the rank that was estimated (Weston, Bengio, Usunier 2011, "WSABIE: scaling up to large vocabulary image annotation", section 3). O(1). Safe from any thread.
/// </summary>
internal static class WarpSteps
{
    private const double Euler = 0.57721566490153286061;
    private const double LargestLog = 10;
    private static readonly double[] FirstHarmonics = Harmonics(64);

    /// <summary>The step where so many trials among so many items found one that comes too close.</summary>
    public static double Of(WarpWeight weighting, int items, int trials)
    {
        int rank = Math.Max(1, (items - 1) / trials);
        return weighting == WarpWeight.Log ? Math.Clamp(PortableMath.Log(rank), 1, LargestLog) : Harmonic(rank);
    }

    // Beyond the table by the asymptotic series, off by less than 1 / (252 n^6).
    private static double Harmonic(int n) =>
        n < FirstHarmonics.Length ? FirstHarmonics[n] : PortableMath.Log(n) + Euler + (1 / (2.0 * n)) - (1 / (12.0 * n * n)) + (1 / (120.0 * n * n * n * n));

    private static double[] Harmonics(int count)
    {
        double[] sums = new double[count];
        for (int n = 1; n < count; n++) sums[n] = sums[n - 1] + (1.0 / n);
        return sums;
    }
}
