namespace Streaming.Operators.Sketches;

/// <summary>
/// The improved estimator of Ertl 2017, "New cardinality estimation algorithms for HyperLogLog sketches", section 3, algorithm 6. Written with
/// the four operations and the square root alone, so that its last bit is the same on every machine.
/// </summary>
internal static class ErtlEstimator
{
    /// <summary>1 / (2 ln 2): the limit of the bias correction for many registers (equation 13).</summary>
    private const double Alpha = 0.72134752044448170367996234050095;

    /// <summary>Distinct keys behind a sketch. O(length of the histogram).</summary>
    /// <param name="histogram">Number of registers at each value, from 0 to the largest possible.</param>
    /// <param name="registers">Their sum.</param>
    public static double Estimate(ReadOnlySpan<int> histogram, int registers)
    {
        if (histogram[0] == registers) return 0;
        double m = registers;
        double z = m * Tau(1 - (histogram[^1] / m));
        for (int k = histogram.Length - 2; k >= 1; k--) z = 0.5 * (z + histogram[k]);
        z += m * Sigma(histogram[0] / m);
        return Alpha * m * m / z;
    }

    /// <summary>sigma(x) = x + sum of x^(2^k) 2^(k-1), k from 1 on, for x in [0, 1): the share of empty registers (equation 21).</summary>
    private static double Sigma(double x)
    {
        double y = 1, z = x, before;
        do
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        }
        while (z > before);
        return z;
    }

    /// <summary>tau(x) = (1 - x - sum of (1 - x^(2^-k))^2 2^-k, k from 1 on) / 3, for x in [0, 1]: the registers that are full (equation 26).</summary>
    private static double Tau(double x)
    {
        if (x is 0 or 1) return 0;
        double y = 1, z = 1 - x, before;
        do
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }
        while (z < before);
        return z / 3;
    }
}
