using System.Buffers;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.State;
using Streaming.Sinks.Files;

namespace Streaming.Sinks.RecordLog;

/// <summary>
/// Writes the good records as they came, one a line, each with where it came from as its first field, so that a replay of the file is the same stream:
/// <c>{"source":{"topic":0,"partition":3,"offset":123,"arrived":1690000000000000},"user":"1","item":"50","value":4.5}</c>.
/// </summary>
/// <remarks>
/// <para>A record that begins with the same place, whatever more its <c>source</c> says, is written as it is, so a replay of such a log writes the same bytes. Of any other <c>source</c> that a record has, the first one
/// counts, which is the log's. Line feeds, which JSON has between its tokens only, become spaces.</para>
/// <para>State: the file's length; a resume cuts the file there and goes on. One caller at a time.</para>
/// </remarks>
public sealed class RecordLogSink : ISink, IStateful
{
    private readonly ResumableFile _file;

    /// <summary>A sink that writes to <paramref name="file"/>, which is opened with the first batch.</summary>
    public RecordLogSink(string file) => _file = new ResumableFile(file, onDemand: false);

    /// <summary>Names of the formats whose records are JSON objects.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["jsonl", "dsjson", "cloudevents"];

    /// <inheritdoc/>
    public bool NeedsRecords => true;

    /// <inheritdoc/>
    public string StateTag => "record-log";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Singleton;

    /// <inheritdoc/>
    /// <exception cref="IOException">A record is no JSON object, or the disk fails.</exception>
    public ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        _file.Start();
        for (int i = 0; i < batch.Records.Count; i++)
        {
            PlacedRecord.Write(_file, batch.Records.OriginOf(i), batch.Records.BytesOf(i));
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
}
