namespace Streaming.Operators.Bandits;

/// <summary>
/// Logarithm and exponential by the four operations alone, whose results IEEE 754 fixes: a choice that depends on them is the same on every machine.
/// </summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417232121458;
    private const double Ln2High = 6.93147180369123816490e-01; // its last 32 bits are 0: a whole number of them is exact
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Natural logarithm of a positive, finite number, to about 1e-16 relative to the larger of 1 and the result.</summary>
    public static double Log(double x)
    {
        if (x < 2.2250738585072014e-308) return Log(x * (1L << 54)) - (54 * Ln2);
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        // 2 atanh(s) with s = (m - 1) / (m + 1), |s| below 0.172.
        double s = (m - 1) / (m + 1), s2 = s * s, sum = 0;
        for (int k = 23; k >= 1; k -= 2) sum = (sum * s2) + (1.0 / k);
        return (exponent * Ln2High) + ((exponent * Ln2Low) + (2 * s * sum));
    }

    /// <summary>e to the power of <paramref name="x"/>, to about 3e-16 relative; 0 below -745, infinity above 709.78.</summary>
    public static double Exp(double x)
    {
        if (x > 709.78) return double.PositiveInfinity;
        if (x < -745) return 0;
        double k = Math.Floor((x / Ln2) + 0.5);
        double r = (x - (k * Ln2High)) - (k * Ln2Low), sum = 1;
        for (int n = 14; n >= 1; n--) sum = 1 + (sum * r / n);
        int power = (int)k, half = power / 2;
        return sum * PowerOfTwo(half) * PowerOfTwo(power - half);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52);
}
