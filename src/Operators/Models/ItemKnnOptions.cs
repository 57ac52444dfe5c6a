using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="ItemKnn"/>.</summary>
public sealed class ItemKnnOptions : BasketOptions
{
    /// <summary>Items that an item keeps counts of being met with, 1 to 10,000; default 100. Raising it knows weaker ties, and takes 12 bytes for each item
    /// there is room for.</summary>
    [Range(1, 10_000)]
    public int Neighbours { get; set; } = 100;

    /// <summary>How counts become similarities; default <see cref="ItemSimilarity.Jaccard"/>.</summary>
    public ItemSimilarity Similarity { get; set; } = ItemSimilarity.Jaccard;

    /// <summary>Events that are added to what a count is divided by, 0 to 1,000,000; default 20. Raising it trusts items that came rarely less.</summary>
    [Range(0.0, 1e6)]
    public double Shrinkage { get; set; } = 20;

    /// <summary>Events after which a common event counts half, 1 to 1e12, or 0 for never; default 10,000. Raising it forgets ties more slowly.</summary>
    [Range(0.0, 1e12)]
    public double HalfLife { get; set; } = 10_000;

    /// <inheritdoc/>
    public override IEnumerable<(string Option, string Message)> Validate()
    {
        foreach ((string Option, string Message) mistake in base.Validate()) yield return mistake;
        if (HalfLife is > 0 and < 1) yield return (nameof(HalfLife), FormattableString.Invariant($"{HalfLife} is found; 0 for never, or at least 1, is allowed."));
    }
}

/// <summary>
/// How alike an item t is to an item j of the user's, from the weights c that they came together with, d(j) and d(t) that each came with, and the shrinkage s.
/// At most 1.
/// </summary>
public enum ItemSimilarity
{
    /// <summary>c / (d(j) + s): the probability of t after j, not symmetric; what is popular keeps an advantage.</summary>
    Conditional,

    /// <summary>c / (sqrt(d(j) d(t)) + s).</summary>
    Cosine,

    /// <summary>c / (d(j) + d(t) - c + s).</summary>
    Jaccard,
}
