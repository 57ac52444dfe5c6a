using Streaming.Abstractions.Keys;

namespace Streaming.Ingest.Privacy;

/// <summary>What stands for the bytes of a record that nobody may see: <c>hmac-sha256:</c> and the first 16 hexadecimal digits of its keyed hash.</summary>
internal static class HashText
{
    /// <summary>Bytes of the text.</summary>
    public const int Length = 12 + 16;

    /// <summary>Writes the text of a record, or of its beginning where only that was kept. Linear in its length.</summary>
    /// <param name="record">The record.</param>
    /// <param name="keys">A codec that hashes ids.</param>
    /// <param name="text">Takes <see cref="Length"/> bytes.</param>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> record, EntityKeyCodec keys, Span<byte> text)
    {
        "hmac-sha256:"u8.CopyTo(text);
        _ = keys.HashOf(record).TryFormat(text[12..], out _, "x16");
        return text[..Length];
    }
}
