using Streaming.Sinks.DeadLetter;
using Streaming.Sinks.Jsonl;
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
        new SinkType<RecordLogSinkOptions>(
            "log",
            "The good records as they came, with where they came from: a log to replay, in File.",
            readsColumns: false,
            (options, binding) => new RecordLogSink(ShardFile.Of(options.File, binding.Shard))),
    ];
}
