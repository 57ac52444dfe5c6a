using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Sketches;

/// <summary>Options of the stage <c>space-saving</c>: those of the sketch, the key it counts, and how many it reports.</summary>
public sealed class SpaceSavingStageOptions : SpaceSavingOptions
{
    /// <summary>Which key of each interaction is counted; default item.</summary>
    public SketchKey Key { get; set; } = SketchKey.Item;

    /// <summary>Most frequent keys in a report; 1 to 1,000, default 10. Raising it makes reports longer.</summary>
    [Range(1, 1000)]
    public int Report { get; set; } = 10;
}

/// <summary>The stage <c>space-saving</c>: the most frequent items or users, by a <see cref="SpaceSaving"/>. Column <c>estimate</c>.</summary>
public sealed class SpaceSavingOperator(SpaceSavingStageOptions options, StageBinding binding)
    : SketchOperator<SpaceSaving>(new SpaceSaving(options, binding.Seed), options.Key, binding.WriteReal("estimate")), IForgetful
{
    private readonly int _report = options.Report;

    /// <summary>Says the occurrences counted, and the most frequent keys with their counts and by how much each may be too large.</summary>
    public override void Report(StageReport report)
    {
        report.Set("total", Sketch.Total);
        IReadOnlyList<(ulong Key, Estimate Count)> top = Sketch.Top(_report);
        ReportRow[] rows = new ReportRow[top.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            (ulong key, Estimate count) = top[i];
            rows[i] = new ReportRow(
                new ReportEntry("key", ReportValue.OfEntity(key)),
                new ReportEntry("count", ReportValue.Of((long)count.Value)),
                new ReportEntry("error", ReportValue.Of((long)(count.Value - count.Lower))));
        }

        report.Set("top", rows);
    }

    /// <summary>Erases the user's key and count where users are counted. The total stays.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user)
    {
        if (options.Key == SketchKey.User) Sketch.Forget(user);
    }

    private protected override void Add(ReadOnlySpan<ulong> keys)
    {
        foreach (ulong key in keys) Sketch.Add(key);
    }

    private protected override void Add(ReadOnlySpan<ulong> keys, Span<double> answers)
    {
        for (int i = 0; i < keys.Length; i++) answers[i] = Sketch.AddAndCount(keys[i]);
    }
}
