using System.Collections.Immutable;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// Cuts what was sent into lines that look like JSON objects: a brace at either end, and not too long. What is between them is decided when the stream takes the record.
/// </summary>
internal static class LineFraming
{
    /// <summary>Faults told of at most.</summary>
    public const int MaxFaults = 20;

    /// <summary>Records taken at once at most: tiny ones grow manifold by their envelopes.</summary>
    public const int MaxRecords = 100_000;

    /// <summary>
    /// The next line with anything in it, without its end and the blanks around it; false at the end. Linear in the bytes passed.
    /// </summary>
    /// <param name="text">What is left; moved behind the line.</param>
    /// <param name="number">Lines passed; moved to the 1-based number of the line.</param>
    /// <param name="line">The line.</param>
    public static bool TryNext(ref ReadOnlySpan<byte> text, ref int number, out ReadOnlySpan<byte> line)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            line = (end < 0 ? text : text[..end]).Trim(" \t\r"u8);
            text = end < 0 ? default : text[(end + 1)..];
            number++;
            if (!line.IsEmpty) return true;
        }

        line = default;
        return false;
    }

    /// <summary>Looks at every line.</summary>
    /// <param name="text">What was sent.</param>
    /// <param name="maxLine">Longest line, bytes.</param>
    /// <param name="bytes">Bytes of all lines with their envelopes, at most; a key comes on top.</param>
    public static AppendResult Check(ReadOnlySpan<byte> text, int maxLine, out long bytes)
    {
        ImmutableArray<LineFault>.Builder? faults = null;
        int number = 0, records = 0;
        bytes = 0;
        while (TryNext(ref text, ref number, out ReadOnlySpan<byte> line) && (faults?.Count ?? 0) < MaxFaults)
        {
            records++;
            bytes += line.Length + WriteAheadEnvelope.MaxBytes;
            string? fault = records > MaxRecords ? $"is one record too many; at most {MaxRecords} are taken at once"
                : line.Length > maxLine ? $"has {line.Length} bytes; at most {maxLine} are taken"
                : line.Length < 2 || line[0] != (byte)'{' || line[^1] != (byte)'}' ? "is no JSON object; one is needed on each line, from its brace to its brace"
                : null;
            if (fault is not null) (faults ??= ImmutableArray.CreateBuilder<LineFault>()).Add(new LineFault(number, fault));
            if (records > MaxRecords) break;
        }

        return faults is null ? new AppendResult(AppendStatus.Accepted, records, []) : new AppendResult(AppendStatus.Malformed, records, faults.ToImmutable());
    }
}
