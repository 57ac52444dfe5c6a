using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Sketches;

/// <summary>The sketches that can be built by name.</summary>
public static class SketchCatalogue
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<ComponentType<ISketch>> All { get; } =
    [
        new ComponentType<ISketch, CountMinOptions>(
            "count-min",
            "How often each key came: never too low, too high by more than Epsilon of the total with probability Delta.",
            static (options, seed) => new CountMin(options, seed)),
        new ComponentType<ISketch, ConservativeCountMinOptions>(
            "count-min-conservative",
            "The same with conservative update: closer on skewed streams, slower to add.",
            static (options, seed) => new CountMin(options, seed)),
        new ComponentType<ISketch, HyperLogLogOptions>(
            "hyperloglog",
            "How many distinct keys came: standard error 1.04 / sqrt(2^Precision).",
            static (options, seed) => new HyperLogLog(options, seed)),
        new ComponentType<ISketch, SpaceSavingOptions>(
            "space-saving",
            "The most frequent keys and their counts: never too low, too high by at most the total / Capacity.",
            static (options, seed) => new SpaceSaving(options, seed)),
    ];
}
