using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Sketches;

/// <summary>Options of the stage <c>hyperloglog</c>: those of the sketch, and the key it counts.</summary>
public sealed class HyperLogLogStageOptions : HyperLogLogOptions
{
    /// <summary>Which key of each interaction is counted; default item.</summary>
    public SketchKey Key { get; set; } = SketchKey.Item;
}

/// <summary>The stage <c>hyperloglog</c>: how many distinct items or users have come, by a <see cref="HyperLogLog"/>. Column <c>distinct</c>.</summary>
public sealed class HyperLogLogOperator(HyperLogLogStageOptions options, StageBinding binding)
    : SketchOperator<HyperLogLog>(new HyperLogLog(options, binding.Seed), options.Key, binding.WriteReal("distinct"))
{
    /// <summary>Says the number of distinct keys, with two standard errors to either side.</summary>
    public override void Report(StageReport report)
    {
        Estimate distinct = Sketch.Cardinality;
        report.Set("distinct", distinct.Value, headline: true);
        report.Set("low", distinct.Lower);
        report.Set("high", distinct.Upper);
    }

    private protected override void Add(ReadOnlySpan<ulong> keys)
    {
        foreach (ulong key in keys) Sketch.Add(key);
    }

    private protected override void Add(ReadOnlySpan<ulong> keys, Span<double> answers)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            Sketch.Add(keys[i]);
            answers[i] = Sketch.Distinct;
        }
    }
}
