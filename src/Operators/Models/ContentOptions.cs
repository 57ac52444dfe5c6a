using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Content{T}"/>.</summary>
public sealed class ContentOptions : RecommenderOptions
{
    /// <summary>
    /// Columns for features, 1 to 4,096; default 64. The first so many features of the file of items have one each, the others share them by a hash with a sign. Raising it tells more features apart, at a
    /// cost in time and 4 bytes an item and user in proportion.
    /// </summary>
    [Range(1, 4096)]
    public int Dimensions { get; set; } = 64;

    /// <summary>After how many further events of the user an event counts half in the user's profile, 0.1 to 1e9; default 10. Raising it remembers old tastes for longer.</summary>
    [Range(0.1, 1e9)]
    public double HalfLife { get; set; } = 10;

    /// <summary>
    /// Whether a feature counts the more the fewer of the listed items have it: ln(1 + items / items that have it) (inverse document frequency); default true. False: a genre of half of all films counts as much as a rare one.
    /// </summary>
    public bool Idf { get; set; } = true;

    /// <summary>
    /// Whether lists also offer listed items that have not come in the stream yet; default false. Ranks never count them: by protocol P such an item is cold. Making a list then takes time in proportion to
    /// the listed items.
    /// </summary>
    public bool OfferUnseen { get; set; }
}
