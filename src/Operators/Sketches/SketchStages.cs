using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Sketches;

/// <summary>The stages of the kind <see cref="StageKind.Sketch"/>.</summary>
public static class SketchStages
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<StageType> All { get; } =
    [
        new StageType<CountMinStageOptions>(
            "count-min",
            StageKind.Sketch,
            "How often each item or user came, in a table of fixed size.",
            [new ColumnDefinition("estimate", ColumnType.Real, "Interactions with this event's key so far, this one included; never too low. NaN where it has no such key.")],
            static (options, binding) => new CountMinOperator(options, binding),
            static (options, _) => CountMin.BytesFor(options.EffectiveWidth, options.EffectiveDepth)),
        new StageType<HyperLogLogStageOptions>(
            "hyperloglog",
            StageKind.Sketch,
            "How many distinct items or users came.",
            [new ColumnDefinition("distinct", ColumnType.Real, "Distinct keys so far, this event's included, as estimated. NaN where the event has no such key.")],
            static (options, binding) => new HyperLogLogOperator(options, binding),
            static (options, _) => HyperLogLog.BytesFor(options.Precision)),
        new StageType<SpaceSavingStageOptions>(
            "space-saving",
            StageKind.Sketch,
            "The most frequent items or users with their counts.",
            [new ColumnDefinition("estimate", ColumnType.Real, "Interactions with this event's key so far, this one included; never too low. NaN where it has no such key.")],
            static (options, binding) => new SpaceSavingOperator(options, binding),
            static (options, _) => SpaceSaving.BytesFor(options.Capacity)),
    ];
}
