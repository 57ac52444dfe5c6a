using System.Buffers;
using System.Buffers.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// CloudEvents 1.0 in structured mode (JSON Event Format 1.0.2), one event a line: <c>specversion</c>, <c>id</c>, <c>source</c>, <c>type</c>, and <c>data</c> or
/// <c>data_base64</c>, which is a record of <c>jsonl</c>, or of <c>dsjson</c> where the type ends with <c>.dsjson</c>. <c>time</c> is the event's time where its data has none. Other attributes are
/// ignored, <c>datacontenttype</c> too: the data is JSON.
/// </summary>
/// <remarks>
/// <para>Limit: the specification has producers send an event again with the same <c>source</c> and <c>id</c>; such copies are taken as often as they come. Late rewards with an id of their
/// own in the data are told apart by the join.</para>
/// <para>A log of a stream has its own <c>source</c>, an object (<see cref="SourceEnvelope"/>), beside the attribute, and its control records as they are in <c>jsonl</c>.</para>
/// </remarks>
public sealed class CloudEventsFormat : IEventFormat, IJsonFormat
{
    private readonly JsonValues _values = new();
    private readonly JsonlFormat _jsonl = new();
    private readonly DsjsonFormat _dsjson = new();
    private readonly JsonValue[] _fields = new JsonValue[(int)Key.Count];
    private byte[] _scratch = new byte[1024];
    private SourceEnvelope _envelope;
    private Content _content;
    private bool _isDsjson;
    private ArenaSpan _place;

    /// <summary>What the record has inside, once its envelope was read.</summary>
    private enum Content
    {
        /// <summary>A control record: itself, as jsonl.</summary>
        Control,

        /// <summary>An object in the record, at <see cref="_place"/>.</summary>
        Object,

        /// <summary>Bytes that were decoded, in the scratch buffer at <see cref="_place"/>.</summary>
        Bytes,
    }

    private enum Key
    {
        Other,
        SpecVersion,
        Id,
        Source,
        Type,
        Time,
        Data,
        Base64,
        Control,
        Count,
    }

    /// <inheritdoc/>
    public string Name => "cloudevents";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <summary>Whether a line has the attribute that every event has.</summary>
    public static bool LooksLike(ReadOnlySpan<byte> line) => line.IndexOf("\"specversion\""u8) >= 0;

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        // First the envelope, then what is inside: the text of a record has one reader at a time.
        if (!JsonCursor.TryDecode(this, record, ref writer, out error)) return false;
        ReadOnlySpan<byte> data = _content switch
        {
            Content.Control => record,
            Content.Object => record.TrimStart(" \t"u8).Slice(_place.Start, _place.Length),
            _ => _scratch.AsSpan(_place.Start, _place.Length),
        };
        if (!(_isDsjson ? _dsjson.TryDecode(data, ref writer, out error) : _jsonl.TryDecode(data, ref writer, out error))) return false;
        _envelope.Apply(ref writer);
        return true;
    }

    /// <inheritdoc/>
    bool IJsonFormat.TryRecord(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        Array.Clear(_fields);
        _envelope.Clear();
        while (json.NextName())
        {
            if (!_values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            Key key = KeyOf(name);
            if (!json.TryRead()) return false;
            if (key == Key.Source && json.Value.Kind == JsonKind.Object)
            {
                if (!_envelope.TryTake(ref json, _values, out error)) return false;
                continue;
            }

            if (key != Key.Other && _fields[(int)key].Kind != JsonKind.None) return Fail(RejectionReason.DuplicateKey, FieldOf(key), out error);
            if (!json.TryPass(out JsonValue value)) return false;
            if (value.Kind != JsonKind.Null) _fields[(int)key] = value;
        }

        if (!json.TryEnd()) return false;
        _isDsjson = false;
        _content = Content.Control;
        if (Field(Key.Control).Kind == JsonKind.String && Field(Key.SpecVersion).Kind == JsonKind.None) return true;
        if (!TryAttributes(ref json, out error)) return false;
        if (Field(Key.Time).Kind != JsonKind.None)
        {
            if (!_values.TryTime(ref json, Field(Key.Time), out long time, out error)) return error.Reason != RejectionReason.None && Fail(error.Reason, FieldNames.EventTime, out error);
            writer.DefaultTime = time;
        }

        return TryData(ref json, out error);
    }

    private static Key KeyOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("id"u8) ? Key.Id : Key.Other,
        4 => name.SequenceEqual("data"u8) ? Key.Data : name.SequenceEqual("time"u8) ? Key.Time : name.SequenceEqual("type"u8) ? Key.Type : Key.Other,
        6 => name.SequenceEqual("source"u8) ? Key.Source : Key.Other,
        7 => name.SequenceEqual("control"u8) ? Key.Control : Key.Other,
        11 => name.SequenceEqual("specversion"u8) ? Key.SpecVersion : name.SequenceEqual("data_base64"u8) ? Key.Base64 : Key.Other,
        _ => Key.Other,
    };

    private static string FieldOf(Key key) => key switch
    {
        Key.SpecVersion => FieldNames.SpecVersion,
        Key.Id => FieldNames.EventId,
        Key.Source => FieldNames.Source,
        Key.Type => FieldNames.Type,
        Key.Time => FieldNames.EventTime,
        Key.Control => FieldNames.Control,
        _ => FieldNames.Data,
    };

    /// <summary>Whether the attributes that an event must have are there, as texts that are not empty, and which format the data has.</summary>
    private bool TryAttributes(ref JsonCursor json, out DecodeError error)
    {
        for (Key key = Key.SpecVersion; key <= Key.Type; key++)
        {
            JsonValue value = Field(key);
            if (value.Kind == JsonKind.None || (value.Kind == JsonKind.String && value.Length == 0)) return Fail(RejectionReason.MissingField, FieldOf(key), out error);
            if (value.Kind != JsonKind.String) return Fail(RejectionReason.Malformed, FieldOf(key), out error);
            if (!_values.TryText(ref json, value, out ReadOnlySpan<byte> text))
            {
                error = default;
                return false;
            }

            if (key == Key.SpecVersion && !text.SequenceEqual("1.0"u8)) return Fail(RejectionReason.Malformed, FieldNames.SpecVersion, out error);
            if (key == Key.Type) _isDsjson = text.EndsWith(".dsjson"u8);
        }

        error = default;
        return true;
    }

    private bool TryData(ref JsonCursor json, out DecodeError error)
    {
        error = default;
        JsonValue plain = Field(Key.Data), coded = Field(Key.Base64);
        if (plain.Kind != JsonKind.None && coded.Kind != JsonKind.None) return Fail(RejectionReason.DuplicateKey, FieldNames.Data, out error);
        if (plain.Kind == JsonKind.Object)
        {
            (_content, _place) = (Content.Object, new ArenaSpan(plain.Start, plain.Length));
            return true;
        }

        if (plain.Kind != JsonKind.None || coded.Kind is not (JsonKind.None or JsonKind.String)) return Fail(RejectionReason.Malformed, FieldNames.Data, out error);
        if (coded.Kind == JsonKind.None) return Fail(RejectionReason.MissingField, FieldNames.Data, out error);
        if (!_values.TryText(ref json, coded, out ReadOnlySpan<byte> text)) return false;
        if (_scratch.Length < text.Length) _scratch = new byte[Math.Max(text.Length, 2 * _scratch.Length)];
        if (Base64.DecodeFromUtf8(text, _scratch, out _, out int length) != OperationStatus.Done) return Fail(RejectionReason.Malformed, FieldNames.Data, out error);
        (_content, _place) = (Content.Bytes, new ArenaSpan(0, length));
        return true;
    }

    private JsonValue Field(Key key) => _fields[(int)key];
}
