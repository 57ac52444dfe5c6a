using Streaming.Ingest.Files;
using Streaming.Ingest.Kafka;
using Streaming.Ingest.Synthetic;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Ingest;

/// <summary>The sources that exist: what is not listed here does not.</summary>
public static class SourceCatalogue
{
    /// <summary>The lines, in the order in which people are shown them.</summary>
    public static IReadOnlyList<SourceType> All { get; } =
    [
        new(SourceKind.File, "file", "logged events: files, globs, gzip, standard input; by time or in the order of the files", (o, k) => new FileSource(o, k)),
        new(SourceKind.Synthetic, "synthetic", "generated events with a planted truth (Source:Synthetic)", (o, k) => new SyntheticSource(o, k)),
        new(SourceKind.Kafka, "kafka", "topics of a Kafka cluster, shared with the processes of a group, a shard a partition (Source:Kafka); for 'run'", null, (o, k, s) => new KafkaSource(o, k, s)),
        new(SourceKind.Http, "http", "events sent to the worker as JSON lines (POST /events), through a write-ahead log (Source:WriteAhead)", (o, k) => new WriteAheadSource(o, k)),
    ];
}
