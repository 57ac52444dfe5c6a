using Streaming.Abstractions.Events;
using Streaming.Sinks.Files;

namespace Streaming.Sinks.RecordLog;

/// <summary>
/// Writes the good records as they came, one a line, each with where it came from as its first field, so that a replay of the file is the same stream:
/// <c>{"source":{"topic":0,"partition":3,"offset":123,"arrived":1690000000000000},"user":"1","item":"50","value":4.5}</c>.
/// </summary>
/// <remarks>
/// A record that begins with the same place, whatever more its <c>source</c> says, is written as it is, so a replay of such a log writes the same bytes. Of any other <c>source</c> that a record has, the first one
/// counts, which is the log's. Line feeds, which JSON has between its tokens only, become spaces.
/// </remarks>
/// <param name="file">Path; opened with the first batch.</param>
public sealed class RecordLogSink(string file) : FileSink(new ResumableFile(file, onDemand: false))
{
    /// <summary>Names of the formats whose records are JSON objects.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["jsonl", "dsjson", "cloudevents"];

    /// <inheritdoc/>
    public override bool NeedsRecords => true;

    /// <inheritdoc/>
    public override string StateTag => "record-log";

    /// <inheritdoc/>
    /// <exception cref="IOException">A record is no JSON object, or the disk fails.</exception>
    protected override void Write(EventBatch batch)
    {
        for (int i = 0; i < batch.Records.Count; i++)
        {
            PlacedRecord.Write(File, batch.Records.OriginOf(i), batch.Records.BytesOf(i));
            File.EndLine();
        }
    }
}
