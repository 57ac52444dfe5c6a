namespace Streaming.Abstractions.Randomness;

/// <summary>
/// Logarithm, exponential and power from the four operations alone, whose results IEEE 754 fixes: what is generated from a seed must have the same last
/// bit on every machine, and the platform's own functions may differ in it.
/// </summary>
/// <remarks>Constant time, no allocation; safe from any thread.</remarks>
public static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417232121458;
    private const double Sqrt2 = 1.4142135623730950488;
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double LargestExponent = 709.0;
    private const double SmallestExponent = -708.0;

    /// <summary>
    /// Natural logarithm of a finite <paramref name="x"/> above 0: exponent and the series of 2 atanh(s), s = (m-1)/(m+1), with the mantissa m in
    /// [sqrt 1/2, sqrt 2]. Relative error below 1e-15.
    /// </summary>
    public static double Log(double x)
    {
        // A subnormal number has no exponent of its own: 2^54 times it has one.
        if (x < SmallestNormal) return Log(x * (1L << 54)) - (54 * Ln2);
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > Sqrt2)
        {
            m *= 0.5;
            exponent++;
        }

        double s = (m - 1) / (m + 1), z = s * s;
        double sum = (((((1.0 / 23 * z) + (1.0 / 21)) * z + (1.0 / 19)) * z + (1.0 / 17)) * z + (1.0 / 15)) * z + (1.0 / 13);
        sum = (((((((sum * z) + (1.0 / 11)) * z + (1.0 / 9)) * z + (1.0 / 7)) * z + (1.0 / 5)) * z + (1.0 / 3)) * z) + 1;
        return (exponent * Ln2) + (2 * s * sum);
    }

    /// <summary>
    /// e to the power <paramref name="x"/>: x = n ln 2 + r with |r| at most ln 2 / 2; Taylor series in r by Horner's rule, then the exponent is set.
    /// Relative error below 1e-15 + 2e-16 |x| for x from -708 to 709; 0 below, infinite above; NaN stays NaN.
    /// </summary>
    public static double Exp(double x)
    {
        if (!(x >= SmallestExponent && x <= LargestExponent)) return x < SmallestExponent ? 0 : x > LargestExponent ? double.PositiveInfinity : x;
        double n = Math.Floor((x / Ln2) + 0.5), r = x - (n * Ln2), sum = 1;
        for (int k = 15; k >= 1; k--) sum = 1 + (sum * r / k);
        return sum * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>
    /// <paramref name="x"/> to the power <paramref name="y"/>, for a finite x above 0: relative error below 1e-15 + 2e-15 |y ln x| where |y ln x| is below
    /// 700.
    /// </summary>
    public static double Pow(double x, double y) => Exp(y * Log(x));

    /// <summary>The logistic function 1 / (1 + e^-x), in [0, 1]; relative error below 1e-15 + 2e-16 |x|.</summary>
    public static double Logistic(double x) => 1 / (1 + Exp(-x));
}
