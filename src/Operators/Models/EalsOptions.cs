using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Eals{T}"/>. The defaults were tuned on two logs of films (docs/benchmarks.md).</summary>
public sealed class EalsOptions : AlternatingOptions
{
    /// <summary>
    /// Weight of all pairs of one user that were not met together, c0 in the paper, above 0 to 1e9; default 2048. Raising it pulls scores of what was not met to 0.
    /// </summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double MissingWeight { get; set; } = 2048;

    /// <summary>
    /// The power of how often an item came that its share of <see cref="MissingWeight"/> is proportional to, alpha in the paper, 0 to 1; default 0: all items alike. Raising it
    /// takes it more as a dislike that a popular item was not met.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Exponent { get; set; }

    /// <summary>Weight of a pair each time it meets, above 0 to 1,000,000; default 2. Raising it fits what was met more closely.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double Weight { get; set; } = 2;

    /// <summary>l2 penalty on the factors, above 0 to 1,000,000; default 10. Raising it pulls factors towards 0. It cannot be 0: an element may have nothing else that fixes it.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double Regularization { get; set; } = 10;

    /// <summary>Sweeps over the elements of both rows on each event, 1 to 100; default 1. Raising it follows each event more closely, at a cost in time that is proportional.</summary>
    [Range(1, 100)]
    public int Iterations { get; set; } = 1;
}
