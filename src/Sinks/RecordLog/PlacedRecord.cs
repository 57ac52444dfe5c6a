using System.Buffers;
using System.Buffers.Text;
using Streaming.Abstractions.Sources;

namespace Streaming.Sinks.RecordLog;

/// <summary>A JSON record with where it came from as its first field.</summary>
internal static class PlacedRecord
{
    private const int MaxPlaceBytes = 128;

    /// <summary>Writes the record to <paramref name="output"/> without line feeds. Linear in its length.</summary>
    /// <exception cref="IOException">The record is no JSON object.</exception>
    public static void Write(IBufferWriter<byte> output, in RecordOrigin origin, ReadOnlySpan<byte> record)
    {
        record = record.Trim(" \t\r\n"u8);
        if (record is not [(byte)'{', .., (byte)'}']) throw NoObject(origin);
        Span<byte> place = stackalloc byte[MaxPlaceBytes];
        place = place[..Format(origin, place)];
        if (record.StartsWith(place[..^1]) && record[place.Length - 1] is (byte)'}' or (byte)',')
        {
            WriteLine(output, record);
            return;
        }

        output.Write(place);
        ReadOnlySpan<byte> fields = record[1..].TrimStart(" \t\r\n"u8);
        if (fields.Length > 1) output.Write(","u8);
        WriteLine(output, fields);
    }

    /// <summary>The beginning of the line, up to the brace that closes the place: <c>{"source":{...}</c>.</summary>
    private static int Format(in RecordOrigin origin, Span<byte> place)
    {
        int n = Text("{\"source\":{\"topic\":"u8, place, 0);
        n = Number(origin.Topic, place, n);
        n = Text(",\"partition\":"u8, place, n);
        n = Number(origin.Partition, place, n);
        n = Text(",\"offset\":"u8, place, n);
        n = Number(origin.Offset, place, n);
        n = Text(",\"arrived\":"u8, place, n);
        n = Number(origin.ArrivalTime, place, n);
        place[n] = (byte)'}';
        return n + 1;
    }

    private static int Text(ReadOnlySpan<byte> text, Span<byte> place, int at)
    {
        text.CopyTo(place[at..]);
        return at + text.Length;
    }

    private static int Number(long value, Span<byte> place, int at)
    {
        _ = Utf8Formatter.TryFormat(value, place[at..], out int written);
        return at + written;
    }

    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        Span<byte> line = output.GetSpan(json.Length)[..json.Length];
        json.CopyTo(line);
        if (line.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            line.Replace((byte)'\n', (byte)' ');
            line.Replace((byte)'\r', (byte)' ');
        }

        output.Advance(json.Length);
    }

    private static IOException NoObject(in RecordOrigin origin) =>
        new($"The record at offset {origin.Offset} of partition {origin.Partition} is no JSON object, and a log can only be written of those: use a format of JSON ({string.Join(", ", RecordLogSink.Formats)}), or no log.");
}
