using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.State;
using Streaming.Sinks.Files;

namespace Streaming.Sinks.Jsonl;

/// <summary>
/// Writes one JSON object a line for each event, with what each stage said of it:
/// <c>{"event":0,"offset":17,"ts":"2013-05-31T11:33:20Z","user":"1","item":"50","value":4.5,"mf":{"score":3.4,"loss":1.21}}</c>.
/// </summary>
/// <remarks>
/// <para><c>event</c> is the 0-based number in the stream, <c>offset</c> that in the source partition; of a decision <c>item</c> is the
/// action that the log chose, <c>propensity</c> how likely that was, and <c>value</c> its reward. What an event lacks is left out, and so is what has
/// its usual value (<c>partition</c> 0, <c>kind</c> interaction), a column without a value, and a stage without any. An infinite value is null. Numbers are the
/// shortest that read back as the same double.</para>
/// <para>Allocates nothing per event. State: the file's length; a resume cuts the file there and goes on. One caller at a time.</para>
/// </remarks>
public sealed class EventsSink : ISink, IStateful
{
    private static readonly JsonEncodedText EventName = JsonEncodedText.Encode("event");
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

    private readonly ResumableFile _file;
    private readonly EntityKeyCodec _names;
    private readonly StageColumns[] _stages;
    private readonly Utf8JsonWriter _json;
    private readonly byte[] _text = new byte[EntityKeyCodec.MaxIdBytes];

    /// <summary>A sink that writes to <paramref name="file"/>.</summary>
    /// <param name="file">Path; opened with the first batch.</param>
    /// <param name="columns">The columns to print, in the order of the flow.</param>
    /// <param name="names">Gives keys their names.</param>
    /// <exception cref="ArgumentException">A stage has the name of a field (<see cref="ReservedNames"/>).</exception>
    public EventsSink(string file, IReadOnlyList<ColumnView> columns, EntityKeyCodec names)
    {
        foreach (ColumnView column in columns)
        {
            if (ReservedNames.Contains(column.Stage))
                throw new ArgumentException($"A stage is called '{column.Stage}', a field of every event's line: give it another id.", nameof(columns));
        }

        _file = new ResumableFile(file, onDemand: false);
        _names = names;
        _stages = StageColumns.Group(columns, names);
        _json = new Utf8JsonWriter(_file, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Names of the fields of a line, which no stage may have as its id.</summary>
    public static IReadOnlyList<string> ReservedNames { get; } = ["event", "partition", "offset", "ts", "kind", "user", "item", "value", "propensity"];

    /// <inheritdoc/>
    public string StateTag => "events-file";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Singleton;

    /// <inheritdoc/>
    public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        _file.Start();
        ReadOnlySpan<Event> events = batch.Events;
        for (int row = 0; row < events.Length; row++)
        {
            WriteLine(batch, row, in events[row]);
            _file.EndLine();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(long epoch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        _file.FlushToDisk();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Abandon() => _file.Abandon();

    /// <summary>Nothing to fix: <see cref="Save"/> writes the length as it is.</summary>
    /// <param name="epoch">Number of the snapshot.</param>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer) => _file.Save(ref writer);

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version) => _file.Restore(ref reader);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private void WriteLine(EventBatch batch, int row, in Event e)
    {
        _json.Reset(_file);
        _json.WriteStartObject();
        _json.WriteNumber(EventName, batch.FirstOrdinal + row);
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

    private void WriteEntity(JsonEncodedText field, ulong key)
    {
        _ = _names.TryFormatName(key, _text, out int length);
        _json.WriteString(field, _text.AsSpan(0, length));
    }
}
