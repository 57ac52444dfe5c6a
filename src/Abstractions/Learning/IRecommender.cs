namespace Streaming.Abstractions.Learning;

/// <summary>
/// A model that orders items for a user. It knows the items it has learned from, in the order in which they first came, and each user's own.
/// </summary>
/// <remarks>One caller at a time. Scoring and ranking never change state.</remarks>
public interface IRecommender : IRatingModel
{
    /// <summary>
    /// Rank of the example's item for its user by protocol P: among all items seen so far that are not in the user's history, the item itself
    /// excepted; ties go to the item seen first; a score that is not finite ranks last.
    /// </summary>
    /// <param name="example">User and item.</param>
    /// <param name="depth">Ranks beyond this are not told apart; <see cref="int.MaxValue"/> for the exact rank.</param>
    /// <returns>1 to <paramref name="depth"/>, or one of the values of <see cref="Ranks"/>.</returns>
    int Rank(in Example example, int depth);

    /// <summary>The best items for a user that are not in the user's history, best first; ties as in <see cref="Rank"/>.</summary>
    /// <param name="query">User, time and context; its item does not matter.</param>
    /// <param name="items">Takes the items.</param>
    /// <returns>How many were written: fewer than asked if there are no more, 0 for an unknown user.</returns>
    int TopK(in Example query, Span<ScoredItem> items);
}

/// <summary>An item with its score.</summary>
public readonly record struct ScoredItem(ulong Item, double Score);

/// <summary>Special values of a rank column.</summary>
public static class Ranks
{
    /// <summary>The rank is beyond the depth that was asked for.</summary>
    public const int Beyond = 0;

    /// <summary>The user or the item was never seen before: a miss by protocol P.</summary>
    public const int Cold = -1;

    /// <summary>The event is none that is ranked.</summary>
    public const int None = -2;

    /// <summary>What the rank depends on was dropped (a bounded history or table overflowed): it cannot be known.</summary>
    public const int Unknown = -3;
}
