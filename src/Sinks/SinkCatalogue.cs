using Streaming.Sinks.DeadLetter;
using Streaming.Sinks.Jsonl;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.Postgres;
using Streaming.Sinks.RecordLog;

namespace Streaming.Sinks;

/// <summary>The sinks that a configuration can name. What is not listed does not exist.</summary>
public static class SinkCatalogue
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<SinkType> All { get; } =
    [
        new SinkType<DeadLetterSinkOptions>(
            "dead-letters",
            "Records that were not taken, with reason and bytes: JSON lines in File.",
            readsColumns: false,
            (options, binding) => new DeadLetterSink(ShardFile.Of(options.File, binding.Shard), binding.Topics)),
        new SinkType<EventsSinkOptions>(
            "events",
            "Every event with what each stage said of it: JSON lines in File.",
            readsColumns: true,
            (options, binding) => new EventsSink(ShardFile.Of(options.File, binding.Shard), binding.Columns, binding.Names)),
        new SinkType<KafkaSinkOptions>(
            "kafka-dead-letters",
            "Records that were not taken, as they came, with the reason in headers: messages to Topic.",
            readsColumns: false,
            (options, binding) => new KafkaDeadLettersSink(options, binding, TimeProvider.System)),
        new SinkType<KafkaMetricsSinkOptions>(
            "kafka-metrics",
            "What all stages report, each Every records: JSON messages to Topic.",
            readsColumns: false,
            (options, binding) => new KafkaMetricsSink(options, binding, TimeProvider.System)),
        new SinkType<KafkaSinkOptions>(
            "kafka-predictions",
            "Every event with what each stage said of it: JSON messages to Topic, by user.",
            readsColumns: true,
            (options, binding) => new KafkaPredictionsSink(options, binding, TimeProvider.System)),
        new SinkType<KafkaSinkOptions>(
            "kafka-signals",
            "Warnings and drifts that detectors notice: a JSON message each to Topic.",
            readsColumns: true,
            (options, binding) => new KafkaSignalsSink(options, binding, TimeProvider.System)),
        new SinkType<RecordLogSinkOptions>(
            "log",
            "The good records as they came, with where they came from: a log to replay, in File.",
            readsColumns: false,
            (options, binding) => new RecordLogSink(ShardFile.Of(options.File, binding.Shard))),
        new SinkType<PostgresSinkOptions>(
            "postgres",
            "Rows for what stages report, each Every records, and for decisions: PostgreSQL.",
            readsColumns: true,
            (options, binding) => new PostgresSink(options, binding, TimeProvider.System)),
    ];
}
