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
/// its usual value (<c>topic</c> 0, its place among the source's topics; <c>partition</c> 0; <c>kind</c> interaction), a column without a value, and a stage without any.
/// An infinite value is null. Numbers are the shortest that read back as the same double.</para>
/// <para>Allocates nothing per event. State: the file's length; a resume cuts the file there and goes on. One caller at a time.</para>
/// </remarks>
public sealed class EventsSink : ISink, IStateful
{
    private readonly ResumableFile _file;
    private readonly EventJson _json;

    /// <summary>A sink that writes to <paramref name="file"/>.</summary>
    /// <param name="file">Path; opened with the first batch.</param>
    /// <param name="columns">The columns to print, in the order of the flow.</param>
    /// <param name="names">Gives keys their names.</param>
    /// <exception cref="ArgumentException">A stage has the name of a field (<see cref="ReservedNames"/>).</exception>
    public EventsSink(string file, IReadOnlyList<ColumnView> columns, EntityKeyCodec names)
    {
        _file = new ResumableFile(file, onDemand: false);
        _json = new EventJson(_file, columns, names);
    }

    /// <summary>Names of the fields of a line, which no stage may have as its id.</summary>
    public static IReadOnlyList<string> ReservedNames => EventJson.ReservedNames;

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
            _json.Write(batch, row, in events[row]);
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
        _json.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}
