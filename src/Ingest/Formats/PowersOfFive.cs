using System.Numerics;

namespace Streaming.Ingest.Formats;

/// <summary>
/// The double nearest to w * 10^q, from one or two 64-bit products with the leading 128 bits of 5^q (Lemire 2021, "Number parsing at a gigabyte per
/// second", arXiv:2101.11408, algorithm 1).
/// </summary>
internal static class PowersOfFive
{
    /// <summary>Least power of ten taken. Down to here 128 bits of the power always decide.</summary>
    public const int Least = -27;

    private static readonly ulong[] High = new ulong[1 - Least];
    private static readonly ulong[] Low = new ulong[1 - Least];

    static PowersOfFive()
    {
        for (int q = Least; q <= 0; q++)
        {
            BigInteger power = BigInteger.Pow(5, -q);
            int bits = (int)(power - 1).GetBitLength();
            BigInteger leading = q == 0 ? BigInteger.One << 127 : (BigInteger.One << (bits + 127)) / power + 1;
            High[q - Least] = (ulong)(leading >> 64);
            Low[q - Least] = (ulong)(leading & ulong.MaxValue);
        }
    }

    /// <summary>The double nearest to <paramref name="w"/> * 10^<paramref name="q"/>, ties to even.</summary>
    /// <param name="w">Above 0.</param>
    /// <param name="q">From <see cref="Least"/> to 0, so that the result is neither subnormal nor infinite.</param>
    public static double Scale(ulong w, int q)
    {
        const int MantissaBits = 52, Spare = 64 - MantissaBits - 3;
        int zeros = BitOperations.LeadingZeroCount(w);
        w <<= zeros;
        ulong high = Math.BigMul(w, High[q - Least], out ulong low);
        if ((high & ((1UL << Spare) - 1)) == (1UL << Spare) - 1)
        {
            ulong carry = Math.BigMul(w, Low[q - Least], out _);
            low += carry;
            if (low < carry) high++;
        }

        int upper = (int)(high >> 63);
        ulong mantissa = high >> (upper + Spare);
        // Exactly between two doubles, which only these powers can be: the round to even below must not see an odd neighbour.
        if (low <= 1 && q >= -4 && (mantissa & 3) == 1 && mantissa << (upper + Spare) == high) mantissa &= ~1UL;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        int exponent = (((152170 + 65536) * q) >> 16) + 63 + upper - zeros + 1023;
        if (mantissa >= 2UL << MantissaBits) (mantissa, exponent) = (1UL << MantissaBits, exponent + 1);
        return BitConverter.UInt64BitsToDouble((mantissa & ~(1UL << MantissaBits)) | ((ulong)exponent << MantissaBits));
    }
}
