using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;

namespace Streaming.Sinks.Jsonl;

/// <summary>
/// Writes an event, with what each stage said of it, as one JSON object:
/// <c>{"event":0,"offset":17,"ts":"2013-05-31T11:33:20Z","user":"1","item":"50","value":4.5,"mf":{"score":3.4,"loss":1.21}}</c>.
/// </summary>
/// <remarks>Allocates nothing per event. One caller at a time.</remarks>
internal sealed class EventJson : IDisposable
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("event");
    private static readonly JsonEncodedText TopicName = JsonEncodedText.Encode("topic");
    private static readonly JsonEncodedText PartitionName = JsonEncodedText.Encode("partition");
    private static readonly JsonEncodedText OffsetName = JsonEncodedText.Encode("offset");
    private static readonly JsonEncodedText TimeName = JsonEncodedText.Encode("ts");
    private static readonly JsonEncodedText KindName = JsonEncodedText.Encode("kind");
    private static readonly JsonEncodedText UserName = JsonEncodedText.Encode("user");
    private static readonly JsonEncodedText ItemName = JsonEncodedText.Encode("item");
    private static readonly JsonEncodedText ValueName = JsonEncodedText.Encode("value");
    private static readonly JsonEncodedText PropensityName = JsonEncodedText.Encode("propensity");
    private static readonly JsonEncodedText[] Kinds =
        [.. Enum.GetValues<EventKind>().Select(kind => JsonEncodedText.Encode(kind.ToString().ToLowerInvariant()))];

    private readonly IBufferWriter<byte> _output;
    private readonly EntityKeyCodec _names;
    private readonly StageColumns[] _stages;
    private readonly Utf8JsonWriter _json;
    private readonly byte[] _text = new byte[EntityKeyCodec.MaxIdBytes];

    /// <summary>A writer that appends to <paramref name="output"/>.</summary>
    /// <param name="output">Where objects go.</param>
    /// <param name="columns">The columns to print, in the order of the flow.</param>
    /// <param name="names">Gives keys their names.</param>
    /// <exception cref="ArgumentException">A stage has the name of a field (<see cref="ReservedNames"/>).</exception>
    public EventJson(IBufferWriter<byte> output, IReadOnlyList<ColumnView> columns, EntityKeyCodec names)
    {
        foreach (ColumnView column in columns)
        {
            if (ReservedNames.Contains(column.Stage))
                throw new ArgumentException($"A stage is called '{column.Stage}', a field of every event's object: give it another id.", nameof(columns));
        }

        (_output, _names) = (output, names);
        _stages = StageColumns.Group(columns, names);
        _json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Names of the fields of an event, which no stage may have as its id.</summary>
    public static IReadOnlyList<string> ReservedNames { get; } =
        ["event", "topic", "partition", "offset", "ts", "kind", "user", "item", "value", "propensity"];

    /// <summary>Writes the event at <paramref name="row"/>, whole.</summary>
    public void Write(EventBatch batch, int row, in Event e)
    {
        _json.Reset(_output);
        _json.WriteStartObject();
        _json.WriteNumber(EventName, batch.FirstOrdinal + row);
        if (e.Topic != 0) _json.WriteNumber(TopicName, e.Topic);
        if (e.Partition != 0) _json.WriteNumber(PartitionName, e.Partition);
        _json.WriteNumber(OffsetName, e.Offset);
        _json.WriteString(TimeName, _text.AsSpan(0, IsoTime.Format(e.Time, _text)));
        if (e.Kind != EventKind.Interaction) _json.WriteString(KindName, Kinds[(int)e.Kind]);
        if (e.User != EntityKeyCodec.None) WriteEntity(UserName, e.User);
        if (e.Item != EntityKeyCodec.None) WriteEntity(ItemName, e.Item);
        if (!double.IsNaN(e.Value)) _json.WriteNumber(ValueName, e.Value);
        if (!double.IsNaN(e.Propensity)) _json.WriteNumber(PropensityName, e.Propensity);
        foreach (StageColumns stage in _stages) stage.Write(_json, batch, row);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteEntity(JsonEncodedText field, ulong key)
    {
        _ = _names.TryFormatName(key, _text, out int length);
        _json.WriteString(field, _text.AsSpan(0, length));
    }
}
