using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Evaluation;

/// <summary>Options of the rating-error stage.</summary>
public sealed class RatingErrorOptions
{
    /// <summary>Id of the model stage that is judged; required.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>
    /// Errors in the sliding window, 1 to 10,000,000; default 1,000. Raising it smooths the windowed measures and makes them slower to follow.
    /// </summary>
    [Range(1, 10_000_000)]
    public int Window { get; set; } = 1000;

    /// <summary>
    /// Fading factor, above 0 and at most 1; default 0.999. An error n errors back weighs this to the n-th power: raising it remembers longer.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Fading { get; set; } = 0.999;
}
