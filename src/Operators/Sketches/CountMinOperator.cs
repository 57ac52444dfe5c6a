using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Sketches;

/// <summary>Options of the stage <c>count-min</c>: those of the sketch, and the key it counts.</summary>
public sealed class CountMinStageOptions : CountMinOptions
{
    /// <summary>Which key of each interaction is counted; default item.</summary>
    public SketchKey Key { get; set; } = SketchKey.Item;
}

/// <summary>The stage <c>count-min</c>: how often this event's item or user has come, by a <see cref="CountMin"/>. Column <c>estimate</c>.</summary>
public sealed class CountMinOperator(CountMinStageOptions options, StageBinding binding)
    : SketchOperator<CountMin>(new CountMin(options, binding.Seed), options.Key, binding.WriteReal("estimate"))
{
    /// <summary>
    /// Says the occurrences counted, the table's shape, by how much an estimate may be too large (in occurrences), and how often a cell was full.
    /// </summary>
    public override void Report(StageReport report)
    {
        report.Set("total", Sketch.Total);
        report.Set("width", Sketch.Width);
        report.Set("depth", Sketch.Depth);
        report.Set("error_bound", Sketch.ErrorBound);
        report.Set("saturations", Sketch.Saturations);
    }

    private protected override void Add(ReadOnlySpan<ulong> keys) => Sketch.AddAll(keys);

    private protected override void Add(ReadOnlySpan<ulong> keys, Span<double> answers)
    {
        for (int i = 0; i < keys.Length; i++) answers[i] = Sketch.AddAndCount(keys[i]);
    }
}
