using Streaming.Sinks.DeadLetter;
using Streaming.Sinks.Jsonl;

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
            (options, _) => new DeadLetterSink(options.File)),
        new SinkType<EventsSinkOptions>(
            "events",
            "Every event with what each stage said of it: JSON lines in File.",
            readsColumns: true,
            (options, binding) => new EventsSink(options.File, binding.Columns, binding.Names)),
    ];
}
