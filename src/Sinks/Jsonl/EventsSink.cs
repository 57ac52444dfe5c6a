using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Sinks.Files;

namespace Streaming.Sinks.Jsonl;

/// <summary>
/// Writes one JSON object a line for each event, with what each stage said of it:
/// <c>{"event":0,"offset":17,"ts":"2013-05-31T11:33:20Z","user":"1","item":"50","value":4.5,"mf":{"score":3.4,"loss":1.21}}</c>.
/// </summary>
/// <remarks>
/// <para><c>event</c> is the 0-based number in the stream, <c>offset</c> that in the source partition; of a decision <c>item</c> is the
/// action that the log chose, <c>propensity</c> how likely that was, and <c>value</c> its reward. What an event lacks is left out, and so is what has
/// its usual value (<c>topic</c> 0, its place among the source's topics; <c>partition</c> 0; <c>kind</c> interaction), a column without a value, and a stage without any.
/// An infinite value is null. Numbers are the shortest that read back as the same double.</para>
/// <para>Allocates nothing per event.</para>
/// </remarks>
public sealed class EventsSink : FileSink
{
    private readonly EventJson _json;

    /// <summary>A sink that writes to <paramref name="file"/>.</summary>
    /// <param name="file">Path; opened with the first batch.</param>
    /// <param name="columns">The columns to print, in the order of the flow.</param>
    /// <param name="names">Gives keys their names.</param>
    /// <exception cref="ArgumentException">A stage has the name of a field (<see cref="ReservedNames"/>).</exception>
    public EventsSink(string file, IReadOnlyList<ColumnView> columns, EntityKeyCodec names)
        : base(new ResumableFile(file, onDemand: false)) => _json = new EventJson(File, columns, names);

    /// <summary>Names of the fields of a line, which no stage may have as its id.</summary>
    public static IReadOnlyList<string> ReservedNames => EventJson.ReservedNames;

    /// <inheritdoc/>
    public override string StateTag => "events-file";

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _json.Dispose();
        return base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Write(EventBatch batch)
    {
        ReadOnlySpan<Event> events = batch.Events;
        for (int row = 0; row < events.Length; row++)
        {
            _json.Write(batch, row, in events[row]);
            File.EndLine();
        }
    }
}
