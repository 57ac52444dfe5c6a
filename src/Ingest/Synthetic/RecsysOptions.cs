using System.ComponentModel.DataAnnotations;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Options of the recommender simulator: those of the ratings, and what its decisions are like (see <see cref="RecsysGenerator"/>). <c>Events</c> counts
/// interactions and decisions; late rewards come on top.
/// </summary>
public sealed class RecsysOptions : RatingsOptions
{
    /// <summary>One record in so many is a decision, the others are interactions, 1 to 1,000,000; default 10.</summary>
    [Range(1, 1_000_000)]
    public int DecisionEvery { get; set; } = 10;

    /// <summary>Items that a decision chooses from, 2 to 1,000; default 10. Fewer while the shelf has fewer, but at least 2.</summary>
    [Range(2, 1000)]
    public int Candidates { get; set; } = 10;

    /// <summary>Features of each candidate, 3 to 256; default 8: products of user and item factors, then the item's bias and its popularity.</summary>
    [Range(3, 256)]
    public int Features { get; set; } = 8;

    /// <summary>Items that candidates are drawn from, evenly spread over all items, 2 to 100,000; default 50. More make each one rarer.</summary>
    [Range(2, 100_000)]
    public int Shelf { get; set; } = 50;

    /// <summary><c>uniform</c> or <c>popularity</c> (default): how the logged choice was made.</summary>
    public LoggingPolicy Logging { get; set; } = LoggingPolicy.Popularity;

    /// <summary>Whether a decision says what every candidate would have earned (<c>rewards</c>); default true. Means (<c>expected</c>) are always there.</summary>
    public bool FullInformation { get; set; } = true;

    /// <summary>
    /// Whether rewards come as records of their own after a while, and decisions with neither <c>reward</c> nor <c>rewards</c>; default false. A decision
    /// whose reward is 0 gets no such record: the join has a default for it.
    /// </summary>
    public bool LateRewards { get; set; }

    /// <summary>Mean of the exponential delay of a late reward in seconds, 0 to 1e7; default 300. More keep more decisions waiting.</summary>
    [Range(0.0, 1e7)]
    public double MeanDelaySeconds { get; set; } = 300;

    /// <summary>Most features of a decision, so that its line stays below the source's limit.</summary>
    private const int MaxNumbers = 50_000;

    /// <inheritdoc/>
    public override IEnumerable<(string Option, string Message)> Validate()
    {
        foreach ((string, string) mistake in base.Validate()) yield return mistake;
        if (FinalItems < 2) yield return (nameof(Items), $"found {FinalItems}; decisions need at least 2");
        if (Candidates > Shelf) yield return (nameof(Candidates), $"found {Candidates}, but Shelf has only {Shelf} items to draw them from");
        if (Candidates * (long)Features > MaxNumbers)
            yield return (nameof(Features), $"found {Features} for {Candidates} candidates; at most {MaxNumbers:N0} numbers a decision are allowed");
    }
}
