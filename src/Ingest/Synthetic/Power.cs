namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Powers from the four operations alone, whose results IEEE 754 fixes: a generated log must have the same bytes on every machine, and the platform's own
/// power may differ in its last bit.
/// </summary>
internal static class Power
{
    private const double Ln2 = 0.693147180559945309417232121458;
    private const double Sqrt2 = 1.4142135623730950488;

    /// <summary><paramref name="x"/> to the power <paramref name="y"/>, for normal x above 0 and |y ln x| below 700; relative error below 1e-13.</summary>
    public static double Of(double x, double y) => Exp(y * Log(x));

    /// <summary>Exponent and the series of 2 atanh(s), s = (m-1)/(m+1), with the mantissa m in [sqrt 1/2, sqrt 2].</summary>
    private static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > Sqrt2)
        {
            m *= 0.5;
            exponent++;
        }

        double s = (m - 1) / (m + 1), s2 = s * s, sum = 0;
        for (int k = 23; k >= 1; k -= 2) sum = (sum * s2) + (1.0 / k);
        return (exponent * Ln2) + (2 * s * sum);
    }

    /// <summary>x = n ln 2 + r with |r| at most ln 2 / 2; Taylor series in r by Horner's rule, then the exponent is set.</summary>
    private static double Exp(double x)
    {
        double n = Math.Floor((x / Ln2) + 0.5), r = x - (n * Ln2), sum = 1;
        for (int k = 15; k >= 1; k--) sum = 1 + (sum * r / k);
        return sum * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }
}
