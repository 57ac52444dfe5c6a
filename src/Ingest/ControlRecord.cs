using System.Text.Json;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest;

/// <summary>Control records that the engine itself puts into a stream.</summary>
public static class ControlRecord
{
    /// <summary>Has the stage with this id begin anew: <c>{"control":"reset","stage":"mf"}</c>.</summary>
    public static byte[] Reset(string stage)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteString("control"u8, "reset"u8);
            json.WriteString("stage"u8, stage);
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    /// <summary>A control record as a log has it: where it stands, and that it is the engine's own, in front.</summary>
    /// <param name="record">An object that is not empty.</param>
    /// <param name="origin">Where it stands.</param>
    internal static byte[] At(ReadOnlySpan<byte> record, in RecordOrigin origin)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteStartObject("source"u8);
            json.WriteNumber("topic"u8, origin.Topic);
            json.WriteNumber("partition"u8, origin.Partition);
            json.WriteNumber("offset"u8, origin.Offset);
            json.WriteNumber("arrived"u8, origin.ArrivalTime);
            json.WriteBoolean("own"u8, true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        text.SetLength(text.Length - 1); // the brace that closes the record is the record's
        text.WriteByte((byte)',');
        text.Write(record[1..]);
        return text.ToArray();
    }
}
