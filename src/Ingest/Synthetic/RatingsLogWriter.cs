using System.Buffers.Text;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Synthetic;

/// <summary>Writes generated ratings as a log that the formats read back.</summary>
public static class RatingsLogWriter
{
    private const int BufferBytes = 256 * 1024;
    private const int LongestLine = 256;
    private const int EventsBetweenChecks = 8192;

    /// <summary>
    /// Writes the whole log and returns its number of bytes. Synchronous; <paramref name="output"/> stays open and is not flushed.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static long Write(RatingsGenerator generator, Stream output, RatingsLogShape shape, CancellationToken ct = default)
    {
        byte[] buffer = new byte[BufferBytes];
        int used = 0;
        long written = 0;
        if (shape == RatingsLogShape.Csv)
        {
            Append(buffer, ref used, System.Text.Encoding.ASCII.GetBytes(MovieLensFormat.HeaderRow));
            buffer[used++] = (byte)'\n';
        }

        for (long n = 0; n < generator.Events; n++)
        {
            if (n % EventsBetweenChecks == 0) ct.ThrowIfCancellationRequested();
            if (used > BufferBytes - LongestLine)
            {
                output.Write(buffer, 0, used);
                written += used;
                used = 0;
            }

            Rating rating = generator.At(n);
            if (shape == RatingsLogShape.Jsonl) AppendObject(buffer, ref used, rating);
            else AppendRow(buffer, ref used, rating, shape);
        }

        output.Write(buffer, 0, used);
        return written + used;
    }

    private static void AppendRow(byte[] buffer, ref int used, Rating rating, RatingsLogShape shape)
    {
        ReadOnlySpan<byte> separator = shape switch
        {
            RatingsLogShape.Movielens => "::"u8,
            RatingsLogShape.Csv => ","u8,
            _ => "\t"u8,
        };
        AppendNumber(buffer, ref used, rating.User);
        Append(buffer, ref used, separator);
        AppendNumber(buffer, ref used, rating.Item);
        Append(buffer, ref used, separator);
        AppendValue(buffer, ref used, rating);
        Append(buffer, ref used, separator);
        AppendNumber(buffer, ref used, rating.Seconds);
        buffer[used++] = (byte)'\n';
    }

    private static void AppendObject(byte[] buffer, ref int used, Rating rating)
    {
        Append(buffer, ref used, "{\"ts\":"u8);
        AppendNumber(buffer, ref used, rating.Seconds);
        Append(buffer, ref used, ",\"user\":"u8);
        AppendNumber(buffer, ref used, rating.User);
        Append(buffer, ref used, ",\"item\":"u8);
        AppendNumber(buffer, ref used, rating.Item);
        Append(buffer, ref used, ",\"value\":"u8);
        AppendValue(buffer, ref used, rating);
        Append(buffer, ref used, "}\n"u8);
    }

    private static void AppendValue(byte[] buffer, ref int used, Rating rating)
    {
        buffer[used++] = (byte)('0' + (rating.HalfSteps >> 1));
        buffer[used++] = (byte)'.';
        buffer[used++] = (rating.HalfSteps & 1) == 0 ? (byte)'0' : (byte)'5';
    }

    private static void AppendNumber(byte[] buffer, ref int used, long number)
    {
        Utf8Formatter.TryFormat(number, buffer.AsSpan(used), out int length);
        used += length;
    }

    private static void Append(byte[] buffer, ref int used, ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer.AsSpan(used));
        used += text.Length;
    }
}
