using System.Numerics;
using Streaming.Abstractions.Randomness;

namespace Streaming.Operators.Numerics;

/// <summary>
/// Rows of 16-bit numbers. They are packed with stochastic rounding (Gupta et al. 2015, "Deep learning with limited numerical precision", section 3): up or down by chance, so that the expectation is the number itself and
/// steps smaller than the last place are not lost. What a row already holds is packed as it is.
/// </summary>
/// <remarks>O(length), no allocation. Numbers of binary16 below 2^-14 are rounded to the nearest. Safe from any thread on rows that no other thread writes.</remarks>
internal static unsafe class RowPacker
{
    private const int HalfBits = 13;
    private const int BfloatBits = 16;
    private const float SmallestNormalHalf = 6.103515625e-5f;
    private const float LargestHalf = 65504;

    /// <summary>Unpacks so many numbers.</summary>
    public static void Unpack<T>(ushort* from, T* to, int length, RowPrecision precision)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (precision == RowPrecision.Half)
        {
            for (int i = 0; i < length; i++) to[i] = T.CreateTruncating((float)BitConverter.UInt16BitsToHalf(from[i]));
        }
        else
        {
            for (int i = 0; i < length; i++) to[i] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)from[i] << BfloatBits));
        }
    }

    /// <summary>Packs so many numbers, a multiple of four, with draws on <paramref name="seed"/>; a number too large for binary16 becomes the largest there is.</summary>
    public static void Pack<T>(T* from, ushort* to, int length, RowPrecision precision, ulong seed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        CounterRng rng = new(seed, (ulong)precision);
        for (int i = 0; i < length; i += 4)
        {
            ulong draws = rng.NextBits();
            for (int j = i; j < i + 4; j++, draws >>= 16)
            {
                float value = float.CreateTruncating(from[j]);
                to[j] = precision == RowPrecision.Half ? ToHalf(value, (uint)draws & 0xFFFF) : (ushort)(Dither(value, (uint)draws & 0xFFFF, BfloatBits) >> BfloatBits);
            }
        }
    }

    private static ushort ToHalf(float value, uint draw)
    {
        if (Math.Abs(value) < SmallestNormalHalf) return BitConverter.HalfToUInt16Bits((Half)value);
        float dithered = BitConverter.UInt32BitsToSingle(Dither(value, draw >> (16 - HalfBits), HalfBits));
        return BitConverter.HalfToUInt16Bits((Half)Math.Clamp(dithered, -LargestHalf, LargestHalf));
    }

    // Adds a draw below the last place that stays and cuts what is below it: rounds away from zero with the probability of what is cut.
    private static uint Dither(float value, uint draw, int bits)
    {
        uint word = BitConverter.SingleToUInt32Bits(value);
        return (word + draw) & ~((1u << bits) - 1);
    }
}
