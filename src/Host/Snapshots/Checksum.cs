using System.Buffers.Binary;
using System.Numerics;

namespace Streaming.Host.Snapshots;

/// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one.</summary>
internal static class Checksum
{
    /// <summary>Checksum of nothing yet: what <see cref="Append"/> starts from.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>Takes <paramref name="data"/> in. The cut into pieces does not matter.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= 8; data = data[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (byte b in data) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    /// <summary>The finished checksum of one piece.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => ~Append(Start, data);
}
