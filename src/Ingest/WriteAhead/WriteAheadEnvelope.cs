using System.Buffers.Text;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// What is spliced into a record behind its opening brace: <c>"source":{"topic":0,"partition":0,"offset":N,"arrived":MICROS}</c>, so that a replay of the log numbers
/// and dates its records as they were.
/// </summary>
internal static class WriteAheadEnvelope
{
    /// <summary>Most bytes it adds to a record.</summary>
    public const int MaxBytes = 128;

    private static ReadOnlySpan<byte> Head => "{\"source\":{\"topic\":0,\"partition\":0,\"offset\":"u8;

    private static ReadOnlySpan<byte> Middle => ",\"arrived\":"u8;

    /// <summary>Writes a record with its envelope and a line end.</summary>
    /// <param name="target">At least <see cref="MaxBytes"/> longer than the record.</param>
    /// <param name="record">An object: begins and ends with a brace.</param>
    /// <param name="offset">Number of the record in the log.</param>
    /// <param name="arrived">When it arrived, microseconds since the Unix epoch.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> record, long offset, long arrived)
    {
        Head.CopyTo(target);
        int at = Head.Length;
        at += Number(target[at..], offset);
        Middle.CopyTo(target[at..]);
        at += Middle.Length;
        at += Number(target[at..], arrived);
        target[at++] = (byte)'}';
        ReadOnlySpan<byte> rest = record[1..];
        if (rest.IndexOfAnyExcept((byte)' ', (byte)'\t') != rest.Length - 1) target[at++] = (byte)','; // an empty object has nothing to be set apart from
        rest.CopyTo(target[at..]);
        at += rest.Length;
        target[at++] = (byte)'\n';
        return at;
    }

    /// <summary>Reads the envelope of a line of the log. False if it has none as <see cref="Write"/> makes it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out long offset, out long arrived)
    {
        arrived = 0;
        if (!TryNumber(ref line, Head, out offset) || !TryNumber(ref line, Middle, out arrived)) return false;
        return line.Length >= 2 && line[0] == (byte)'}' && line[^1] == (byte)'}';
    }

    private static int Number(Span<byte> target, long value) =>
        Utf8Formatter.TryFormat(value, target, out int written) ? written : throw new ArgumentException($"There is no room for {value}.", nameof(target));

    private static bool TryNumber(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, out long value)
    {
        value = 0;
        if (!text.StartsWith(before) || !Utf8Parser.TryParse(text[before.Length..], out value, out int digits) || value < 0) return false;
        text = text[(before.Length + digits)..];
        return true;
    }
}
