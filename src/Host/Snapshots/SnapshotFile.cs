using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Streaming.Host.Snapshots;

/// <summary>
/// The file of one snapshot.
/// <code>
/// file     := "STRMSNAP" format:u32 sections:u32 section*
/// section  := id:text tag:text version:i32 length:i64 crc:u32 payload[length]
/// text     := length:u16 utf8[length]
/// crc      := CRC-32C of id, tag, version, length and payload as they stand in the file
/// </code>
/// All numbers are little-endian. A reader takes formats up to its own and refuses newer ones.
/// </summary>
internal static class SnapshotFile
{
    /// <summary>Version of this layout.</summary>
    public const uint Format = 1;

    private static readonly byte[] Magic = "STRMSNAP"u8.ToArray();

    /// <summary>
    /// Writes the sections to <paramref name="stream"/>, which can seek: a section's length and checksum are only known when its content has passed, and
    /// are put in their place then. Returns the bytes written.
    /// </summary>
    public static long Write(Stream stream, IReadOnlyList<SnapshotSection> sections)
    {
        Span<byte> head = stackalloc byte[16], tail = stackalloc byte[4];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Format);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], (uint)sections.Count);
        stream.Write(head);
        long end = head.Length;
        SectionStream content = new(stream);
        foreach (SnapshotSection section in sections)
        {
            long start = end;
            byte[] preamble = Preamble(section.Id, section.Tag, section.Version, 0);
            stream.Write(preamble);
            stream.Write(tail);
            section.Content.WriteTo(content);
            (long length, uint crc) = content.End();
            end += preamble.Length + tail.Length + length;
            BinaryPrimitives.WriteInt64LittleEndian(preamble.AsSpan(preamble.Length - sizeof(long)), length);
            BinaryPrimitives.WriteUInt32LittleEndian(tail, Checksum.Combine(Checksum.Of(preamble), crc, length));
            stream.Position = start;
            stream.Write(preamble);
            stream.Write(tail);
            stream.Position = end;
        }

        return end;
    }

    /// <summary>Reads and verifies a file. Every length is checked against what is left before anything is allocated.</summary>
    /// <exception cref="InvalidDataException">What is wrong, and in which section.</exception>
    public static IReadOnlyList<LoadedSection> Read(Stream stream)
    {
        byte[] head = Take(stream, 16, "its header");
        if (!head.AsSpan(0, 8).SequenceEqual(Magic)) throw new InvalidDataException("it does not begin like a snapshot");
        uint format = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8));
        if (format is 0 or > Format) throw new InvalidDataException($"it has format {format}; formats 1 to {Format} are understood");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(12));
        List<LoadedSection> sections = [];
        for (uint i = 0; i < count; i++)
        {
            string id = Text(stream, out byte[] idBytes), tag = Text(stream, out byte[] tagBytes);
            byte[] numbers = Take(stream, 16, $"section {id}");
            int version = BinaryPrimitives.ReadInt32LittleEndian(numbers);
            long length = BinaryPrimitives.ReadInt64LittleEndian(numbers.AsSpan(4));
            if (length < 0 || length > stream.Length - stream.Position) throw new InvalidDataException($"section {id} claims {length} bytes, {stream.Length - stream.Position} are left");
            uint crc = Checksum.Append(Checksum.Append(Checksum.Append(Checksum.Start, idBytes), tagBytes), numbers.AsSpan(0, 12));
            ReadOnlySequence<byte> payload = Payload(stream, length, ref crc);
            if (~crc != BinaryPrimitives.ReadUInt32LittleEndian(numbers.AsSpan(12))) throw new InvalidDataException($"the checksum of section {id} is wrong");
            sections.Add(new LoadedSection(id, tag, version, payload));
        }

        return stream.Position == stream.Length ? sections : throw new InvalidDataException($"{stream.Length - stream.Position} bytes follow its last section");
    }

    private static byte[] Preamble(string id, string tag, int version, long length)
    {
        ArrayBufferWriter<byte> bytes = new();
        foreach (string text in (ReadOnlySpan<string>)[id, tag])
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.GetSpan(2), checked((ushort)utf8.Length));
            bytes.Advance(2);
            bytes.Write(utf8);
        }

        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(12), version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(12)[4..], length);
        bytes.Advance(12);
        return bytes.WrittenSpan.ToArray();
    }

    private static string Text(Stream stream, out byte[] bytes)
    {
        byte[] length = Take(stream, 2, "a section's name");
        byte[] utf8 = Take(stream, BinaryPrimitives.ReadUInt16LittleEndian(length), "a section's name");
        bytes = [.. length, .. utf8];
        return Encoding.UTF8.GetString(utf8);
    }

    private static ReadOnlySequence<byte> Payload(Stream stream, long length, ref uint crc)
    {
        const int Piece = 1 << 24;
        BlockSegment? first = null, last = null;
        for (long left = length; left > 0;)
        {
            byte[] block = Take(stream, (int)Math.Min(left, Piece), "a section");
            crc = Checksum.Append(crc, block);
            last = last is null ? first = new BlockSegment(block) : last.Append(block);
            left -= block.Length;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private static byte[] Take(Stream stream, int count, string what)
    {
        if (count > stream.Length - stream.Position) throw new InvalidDataException($"it ends within {what}");
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
