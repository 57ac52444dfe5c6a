using System.ComponentModel.DataAnnotations;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>Options of the stability stage.</summary>
public sealed class StabilityOptions
{
    /// <summary>Id of the model stage that is judged; required.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>Items in a list, 1 to 100; default 10. Raising it looks at less prominent items too, and costs time in proportion to its square.</summary>
    [Range(1, TopDemand.MaxK)]
    public int K { get; set; } = 10;

    /// <summary>
    /// One user in so many is measured, always the same ones, 1 to 1,048,576; default 16. A list costs the model a pass over its items: raising it
    /// costs less time, and leaves fewer visits to average over.
    /// </summary>
    [Range(1, TopDemand.MaxSample)]
    public int Sample { get; set; } = 16;

    /// <summary>
    /// Users whose last list is remembered, 1 to 4,194,304; default 10,000. Beyond it the one whose visit is longest ago is forgotten and counted, and
    /// compares with nothing when it comes back. Raising it takes 8 (K + 1) bytes and about 32 more a user.
    /// </summary>
    [Range(1, 1 << 22)]
    public int Users { get; set; } = 10_000;

    /// <summary>
    /// Persistence p of rank-biased overlap, above 0 and below 1; default 0.9. Rank d weighs p^(d-1): raising it lets lower ranks count for more. At 0.9
    /// the first ten ranks have 86 % of the weight.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Persistence { get; set; } = 0.9;

    /// <summary>Comparisons in the sliding window, 1 to 10,000,000; default 1,000. Raising it smooths the windowed measures and makes them slower to follow.</summary>
    [Range(1, 10_000_000)]
    public int Window { get; set; } = 1000;

    /// <summary>
    /// Fading factor, above 0 and at most 1; default 0.999. A comparison n comparisons back weighs this to the n-th power: raising it remembers longer.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Fading { get; set; } = 0.999;
}
