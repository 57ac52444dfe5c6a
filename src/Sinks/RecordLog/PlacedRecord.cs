using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Streaming.Abstractions.Sources;

namespace Streaming.Sinks.RecordLog;

/// <summary>A JSON record with where it came from as its first field.</summary>
internal static class PlacedRecord
{
    private const int MaxPlaceBytes = 128;

    /// <summary>Writes the record to <paramref name="output"/> without line feeds. Linear in its length; one that may say itself where it came from is read through.</summary>
    /// <exception cref="IOException">The record is no JSON object.</exception>
    public static void Write(IBufferWriter<byte> output, in RecordOrigin origin, ReadOnlySpan<byte> record)
    {
        record = record.Trim(" \t\r\n"u8);
        if (record is not [(byte)'{', .., (byte)'}']) throw NoObject(origin);
        Span<byte> place = stackalloc byte[MaxPlaceBytes];
        place = place[..Format(origin, place)];
        if (record.StartsWith(place))
        {
            WriteLine(output, record);
            return;
        }

        output.Write(place);
        if (MaySay(record)) WriteOthers(output, origin, record);
        else WriteRest(output, record[1..]);
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

    /// <summary>Whether the record may have a field called <c>source</c>, plain or written with escapes.</summary>
    private static bool MaySay(ReadOnlySpan<byte> record) => record.IndexOf("\"source\""u8) >= 0 || record.IndexOf("\\u"u8) >= 0;

    /// <summary>Writes the fields behind the place, but not a place of the record's own: an object called <c>source</c>.</summary>
    private static void WriteOthers(IBufferWriter<byte> output, in RecordOrigin origin, ReadOnlySpan<byte> record)
    {
        try
        {
            Utf8JsonReader reader = new(record, new JsonReaderOptions { MaxDepth = 1000 });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int start = (int)reader.TokenStartIndex;
                bool source = reader.ValueTextEquals("source"u8);
                reader.Read();
                bool place = source && reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                if (place) continue;
                output.Write(","u8);
                WriteLine(output, record[start..(int)reader.BytesConsumed]);
            }
        }
        catch (JsonException)
        {
            throw NoObject(origin);
        }

        output.Write("}"u8);
    }

    private static void WriteRest(IBufferWriter<byte> output, ReadOnlySpan<byte> fields)
    {
        fields = fields.TrimStart(" \t\r\n"u8);
        if (fields[0] != (byte)'}') output.Write(","u8);
        WriteLine(output, fields);
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
        new($"The record at offset {origin.Offset} of partition {origin.Partition} is no JSON object, and a log can only be written of those: use a format of JSON (jsonl, dsjson, cloudevents), or no log.");
}
