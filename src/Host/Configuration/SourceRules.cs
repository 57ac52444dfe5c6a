using Streaming.Abstractions.Kafka;
using Streaming.Host.Snapshots;
using Streaming.Ingest;
using Streaming.Ingest.Kafka;
using Streaming.Sinks;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.RecordLog;

namespace Streaming.Host.Configuration;

/// <summary>Rules that a source, the Kafka client, the snapshots and the sinks of one pipeline have among each other.</summary>
internal static class SourceRules
{
    /// <summary>Adds a mistake for each that is broken.</summary>
    public static void Check(SourceOptions source, KafkaSettings kafka, SnapshotOptions snapshots, IReadOnlyList<SinkConfiguration> sinks, List<ConfigurationMistake> mistakes)
    {
        bool partitioned = SourceFactory.IsPartitioned(source);
        if (source.Type == SourceKind.Kafka) mistakes.AddRange(KafkaSource.Validate(source, kafka).Select(m => new ConfigurationMistake(m.Path, m.Message)));
        bool produces = sinks.Any(s => s.Options is KafkaSinkOptions);
        if (produces) NativeLibrdkafka.Register(null); // the client is asked for settings it does not know
        if (produces) mistakes.AddRange(KafkaProducerSettings.Validate(kafka).Select(m => new ConfigurationMistake(m.Path, m.Message)));
        if (partitioned && string.IsNullOrEmpty(snapshots.Directory))
            mistakes.Add(new ConfigurationMistake("Snapshots:Directory", "is missing: where each partition goes on is kept in its snapshots, in a folder that all processes of the group share"));
        if (partitioned && source.Limit is not null) mistakes.Add(new ConfigurationMistake("Source:Limit", "is for a source that ends; partitions go on"));
        foreach (SinkConfiguration sink in sinks)
        {
            if (sink.Options is RecordLogSinkOptions && source.Format is { } format && !RecordLogSink.Formats.Contains(format))
                mistakes.Add(new ConfigurationMistake($"Sinks:{sink.Id}:Type", $"found log, which keeps records of {string.Join(", ", RecordLogSink.Formats)} as they came; Source:Format is {format}"));
            if (sink.Options is RecordLogSinkOptions && (source.Type == SourceKind.Synthetic || source is { Type: SourceKind.File, Order: LogOrder.Time }))
                mistakes.Add(new ConfigurationMistake($"Sinks:{sink.Id}:Type", "found log, but the records of this source do not come as they are: generated ones have no text, and those of files are sorted (Source:Order=file)"));
            if (partitioned && sink.Options is IFileSinkOptions { File: { Length: > 0 } file } && !ShardFile.IsIn(file))
                mistakes.Add(new ConfigurationMistake($"Sinks:{sink.Id}:File", $"found '{file}', but the source has several partitions: put {ShardFile.Placeholder} where the number of each goes"));
        }
    }
}
