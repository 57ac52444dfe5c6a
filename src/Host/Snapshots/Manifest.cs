using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Streaming.Host.Snapshots;

/// <summary>
/// What makes a snapshot count: written last, after its file is on the disk. Two lines of text: a JSON object, and the CRC-32C of that line in
/// hexadecimal.
/// </summary>
/// <param name="Format">Version of this layout.</param>
/// <param name="Epoch">Number of the snapshot.</param>
/// <param name="Events">Events of the stream that it contains.</param>
/// <param name="File">Name of the snapshot's file, in the same folder.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sections">What it contains, for people.</param>
internal sealed record Manifest(int Format, long Epoch, long Events, string File, long Length, IReadOnlyList<string> Sections)
{
    private const int Supported = 1;

    public static Manifest Of(long epoch, long events, string file, long length, IReadOnlyList<string> sections) => new(Supported, epoch, events, file, length, sections);

    public byte[] ToBytes()
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(this);
        return [.. line, (byte)'\n', .. Encoding.ASCII.GetBytes(Checksum.Of(line).ToString("x8", CultureInfo.InvariantCulture)), (byte)'\n'];
    }

    /// <exception cref="InvalidDataException">What is wrong with it.</exception>
    /// <exception cref="NewerFormatException">It is whole, and of a later format, as its snapshot may be.</exception>
    public static Manifest Parse(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        if (end < 0 || !uint.TryParse(bytes[(end + 1)..].TrimEnd((byte)'\n'), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint crc) || crc != Checksum.Of(bytes[..end]))
            throw new InvalidDataException("the manifest's checksum is wrong");
        Manifest manifest = JsonSerializer.Deserialize<Manifest>(bytes[..end]) ?? throw new InvalidDataException("the manifest is empty");
        if (manifest.Format > Supported) throw new NewerFormatException(manifest.Format, Supported);
        return manifest.Format > 0 ? manifest : throw new InvalidDataException($"the manifest has format {manifest.Format}; formats 1 to {Supported} are understood");
    }
}
