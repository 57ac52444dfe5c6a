using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>Options of the ranking stage.</summary>
public sealed class RankingOptions : IValidatableOptions
{
    /// <summary>Id of the model stage that is judged; required.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>
    /// How deep ranks are told apart: 1 to 1000, or <c>full</c>; default 20. Raising it costs the model time. Measures at a k beyond it are null, and
    /// <c>mrr</c> needs <c>full</c>.
    /// </summary>
    [Required]
    public string Depth { get; set; } = "20";

    /// <summary>
    /// Ranked events in the sliding window, 1 to 10,000,000; default 1,000. Raising it smooths the windowed measures and makes them slower to follow.
    /// </summary>
    [Range(1, 10_000_000)]
    public int Window { get; set; } = 1000;

    /// <summary>
    /// Fading factor, above 0 and at most 1; default 0.999. An event n events back weighs this to the n-th power: raising it remembers longer.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Fading { get; set; } = 0.999;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!RankDemand.TryParse(Depth, out _, out _)) yield return (nameof(Depth), $"found '{Depth}'; allowed is a number from 1 to {RankDemand.MaxDepth}, or {RankDemand.Full}");
    }
}
