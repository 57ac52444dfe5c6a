using System.Buffers.Text;
using System.Globalization;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// What is spliced into a record behind its opening brace: <c>"source":{"topic":0,"partition":0,"offset":N,"arrived":MICROS}</c>, so that a replay of the log numbers
/// and dates its records as they were.
/// </summary>
/// <remarks>
/// The first record of an append with a key also says how many records that has, its key and a hash of its lines, <c>,"records":N,"key":"32 HEX","body":"16 HEX"</c>, so that a repeat is known
/// after a restart; a control record of the engine's own says <c>,"own":true</c>.
/// </remarks>
internal static class WriteAheadEnvelope
{
    /// <summary>Most bytes it adds to a record without a key.</summary>
    public const int MaxBytes = 128;

    /// <summary>Most bytes that a key adds to the first record of an append.</summary>
    public const int MaxKeyBytes = 96;

    private const int IdDigits = 32;
    private const int BodyDigits = 16;

    private static ReadOnlySpan<byte> Head => "{\"source\":{\"topic\":0,\"partition\":0,\"offset\":"u8;

    private static ReadOnlySpan<byte> Middle => ",\"arrived\":"u8;

    private static ReadOnlySpan<byte> Records => ",\"records\":"u8;

    private static ReadOnlySpan<byte> Id => ",\"key\":\""u8;

    private static ReadOnlySpan<byte> Body => "\",\"body\":\""u8;

    private static ReadOnlySpan<byte> Own => ",\"own\":true"u8;

    /// <summary>Writes a record with its envelope and a line end.</summary>
    /// <param name="target">At least <see cref="MaxBytes"/> longer than the record, and <see cref="MaxKeyBytes"/> more for a key.</param>
    /// <param name="record">An object: begins and ends with a brace.</param>
    /// <param name="place">What the envelope says.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> record, in WriteAheadPlace place)
    {
        int at = Text(target, 0, Head);
        at = Number(target, at, place.Offset);
        at = Text(target, at, Middle);
        at = Number(target, at, place.Arrived);
        if (place.Key is { } key) at = WriteKey(target, at, key, place.Records);
        if (place.IsOwn) at = Text(target, at, Own);
        target[at++] = (byte)'}';
        ReadOnlySpan<byte> rest = record[1..];
        if (rest.IndexOfAnyExcept((byte)' ', (byte)'\t') != rest.Length - 1) target[at++] = (byte)','; // an empty object has nothing to be set apart from
        at = Text(target, at, rest);
        target[at++] = (byte)'\n';
        return at;
    }

    /// <summary>Reads the envelope of a line of the log. False if it has none as <see cref="Write"/> makes it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out WriteAheadPlace place)
    {
        place = default;
        if (!TryNumber(ref line, Head, out long offset) || !TryNumber(ref line, Middle, out long arrived)) return false;
        place = new WriteAheadPlace(offset, arrived);
        if (line.StartsWith(Records) && !TryKey(ref line, ref place)) return false;
        if (line.StartsWith(Own))
        {
            place = place with { IsOwn = true };
            line = line[Own.Length..];
        }

        return line.Length >= 2 && line[0] == (byte)'}' && line[^1] == (byte)'}';
    }

    private static int WriteKey(Span<byte> target, int at, in AppendKey key, int records)
    {
        at = Text(target, at, Records);
        at = Number(target, at, records);
        at = Text(target, at, Id);
        at = Hexadecimal(target, at, key.Id, IdDigits);
        at = Text(target, at, Body);
        at = Hexadecimal(target, at, key.Body, BodyDigits);
        target[at++] = (byte)'"';
        return at;
    }

    private static bool TryKey(ref ReadOnlySpan<byte> line, ref WriteAheadPlace place)
    {
        if (!TryNumber(ref line, Records, out long records) || records is < 1 or > LineFraming.MaxRecords) return false;
        if (!TryHexadecimal(ref line, Id, IdDigits, out UInt128 id) || !TryHexadecimal(ref line, Body, BodyDigits, out UInt128 body)) return false;
        if (line.IsEmpty || line[0] != (byte)'"') return false;
        line = line[1..];
        place = place with { Key = new AppendKey(id, (ulong)body), Records = (int)records };
        return true;
    }

    private static int Text(Span<byte> target, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(target[at..]);
        return at + text.Length;
    }

    private static int Number(Span<byte> target, int at, long value) =>
        Utf8Formatter.TryFormat(value, target[at..], out int written) ? at + written : throw new ArgumentException($"There is no room for {value}.", nameof(target));

    private static int Hexadecimal(Span<byte> target, int at, UInt128 value, int digits)
    {
        for (int i = digits - 1; i >= 0; i--, value >>= 4) target[at + i] = "0123456789abcdef"u8[(int)(value & 15)];
        return at + digits;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, out long value)
    {
        value = 0;
        if (!text.StartsWith(before) || !Utf8Parser.TryParse(text[before.Length..], out value, out int digits) || value < 0) return false;
        text = text[(before.Length + digits)..];
        return true;
    }

    private static bool TryHexadecimal(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, int digits, out UInt128 value)
    {
        value = 0;
        if (!text.StartsWith(before) || text.Length < before.Length + digits) return false;
        if (!UInt128.TryParse(text.Slice(before.Length, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)) return false;
        text = text[(before.Length + digits)..];
        return true;
    }
}
