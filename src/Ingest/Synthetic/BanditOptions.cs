using System.ComponentModel.DataAnnotations;

namespace Streaming.Ingest.Synthetic;

/// <summary>Options of the bandit simulator (see <see cref="BanditGenerator"/>).</summary>
public sealed class BanditOptions : GeneratorOptions
{
    /// <summary>Arms of each decision, 2 to 1,000; default 10. More take longer to tell apart.</summary>
    [Range(2, 1000)]
    public int Arms { get; set; } = 10;

    /// <summary>Features of each arm's context, 1 to 1,000; default 10. More are harder to learn.</summary>
    [Range(1, 1000)]
    public int Features { get; set; } = 10;

    /// <summary><c>none</c> (default), <c>abrupt</c>, <c>gradual</c> or <c>recurring</c>: how the arms change.</summary>
    public BanditChange Change { get; set; }

    /// <summary>Most features of a decision, so that its line stays below the source's limit.</summary>
    internal const int MaxNumbers = 50_000;

    /// <inheritdoc/>
    internal override long EstimateBytes() => Arms * (Features + 4L) * 8 * BanditGenerator.SegmentsOf(Change);

    /// <inheritdoc/>
    public override IEnumerable<(string Option, string Message)> Validate()
    {
        foreach ((string, string) mistake in base.Validate()) yield return mistake;
        if (Arms * (long)Features > MaxNumbers) yield return (nameof(Features), $"found {Features} for {Arms} arms; at most {MaxNumbers:N0} numbers a decision are allowed");
    }
}
