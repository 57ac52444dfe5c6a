using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Models;

/// <summary>Options of every model that orders by popularity what it knows nothing else of.</summary>
public abstract class PriorOptions : RecommenderOptions, IValidatableOptions
{
    private protected PriorOptions()
    {
    }

    /// <summary>
    /// What popularity adds to a score: so many times the item's share of all events, decayed, 0 to 1,000,000; default 3. Raising it recommends what everybody
    /// meets; at 0
    /// items without a score of their own are ordered by arrival.
    /// </summary>
    [Range(0.0, 1e6)]
    public virtual double PriorWeight { get; set; } = 3;

    /// <summary>Events after which an event counts half in that share, 1 to 1e12, or 0 for never; default 500. Raising it forgets fashions more
    /// slowly.</summary>
    [Range(0.0, 1e12)]
    public double PriorHalfLife { get; set; } = 500;

    /// <inheritdoc/>
    public virtual IEnumerable<(string Option, string Message)> Validate()
    {
        if (PriorHalfLife is > 0 and < 1) yield return (nameof(PriorHalfLife), FormattableString.Invariant($"{PriorHalfLife} is found; 0 for never, or at least 1, is allowed."));
    }
}
