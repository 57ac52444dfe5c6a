using System.Buffers.Binary;
using System.Numerics;

namespace Streaming.Abstractions.Keys;

/// <summary>
/// xxHash64 (Collet, xxHash specification 0.1.1, section "XXH64 algorithm"): seeded, the same on every machine and in every version.
/// Not for adversaries who know the seed.
/// </summary>
public static class XxHash64
{
    private const ulong P1 = 11400714785074694791UL;
    private const ulong P2 = 14029467366897019727UL;
    private const ulong P3 = 1609587929392839161UL;
    private const ulong P4 = 9650029242287828579UL;
    private const ulong P5 = 2870177450012600261UL;

    /// <summary>Hash of <paramref name="data"/>; linear in its length.</summary>
    public static ulong Hash(ReadOnlySpan<byte> data, ulong seed)
    {
        ulong length = (ulong)data.Length;
        ulong h;
        if (data.Length >= 32)
        {
            ulong v1 = seed + P1 + P2, v2 = seed + P2, v3 = seed, v4 = seed - P1;
            do
            {
                v1 = Round(v1, BinaryPrimitives.ReadUInt64LittleEndian(data));
                v2 = Round(v2, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
                v3 = Round(v3, BinaryPrimitives.ReadUInt64LittleEndian(data[16..]));
                v4 = Round(v4, BinaryPrimitives.ReadUInt64LittleEndian(data[24..]));
                data = data[32..];
            }
            while (data.Length >= 32);
            h = BitOperations.RotateLeft(v1, 1) + BitOperations.RotateLeft(v2, 7) + BitOperations.RotateLeft(v3, 12) + BitOperations.RotateLeft(v4, 18);
            h = Merge(Merge(Merge(Merge(h, v1), v2), v3), v4);
        }
        else
        {
            h = seed + P5;
        }

        h += length;
        for (; data.Length >= 8; data = data[8..])
            h = (BitOperations.RotateLeft(h ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(data)), 27) * P1) + P4;
        if (data.Length >= 4)
        {
            h = (BitOperations.RotateLeft(h ^ (BinaryPrimitives.ReadUInt32LittleEndian(data) * P1), 23) * P2) + P3;
            data = data[4..];
        }

        foreach (byte b in data) h = BitOperations.RotateLeft(h ^ (b * P5), 11) * P1;
        h = (h ^ (h >> 33)) * P2;
        h = (h ^ (h >> 29)) * P3;
        return h ^ (h >> 32);
    }

    private static ulong Round(ulong acc, ulong lane) => BitOperations.RotateLeft(acc + (lane * P2), 31) * P1;

    private static ulong Merge(ulong h, ulong v) => ((h ^ Round(0, v)) * P1) + P4;
}
