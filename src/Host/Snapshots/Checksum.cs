using System.Buffers.Binary;
using System.Numerics;

namespace Streaming.Host.Snapshots;

/// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one.</summary>
internal static class Checksum
{
    /// <summary>Checksum of nothing yet: what <see cref="Append"/> starts from.</summary>
    public const uint Start = uint.MaxValue;

    private const uint One = 1u << 31;
    private const uint Polynomial = 0x82F63B78;

    /// <summary>Takes <paramref name="data"/> in. The cut into pieces does not matter.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= 8; data = data[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (byte b in data) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    /// <summary>The finished checksum of one piece.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => ~Append(Start, data);

    /// <summary>
    /// The finished checksum of two pieces, one after the other, from theirs: that of the first, multiplied by x to the power of the bits of the second,
    /// modulo the polynomial, plus that of the second. O(log length).
    /// </summary>
    /// <param name="first">Finished checksum of the first piece.</param>
    /// <param name="second">Finished checksum of the second.</param>
    /// <param name="length">Bytes of the second.</param>
    public static uint Combine(uint first, uint second, long length)
    {
        uint factor = One, square = One >> 8; // x^8: one byte
        for (; length > 0; length >>= 1, square = Multiply(square, square))
        {
            if ((length & 1) != 0) factor = Multiply(factor, square);
        }

        return Multiply(factor, first) ^ second;
    }

    // Polynomials over GF(2), the highest bit for x^0.
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (uint bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0) product ^= b;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }
}
