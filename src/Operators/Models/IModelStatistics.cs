namespace Streaming.Operators.Models;

/// <summary>What a learner of users and items says of itself in reports.</summary>
public interface IModelStatistics
{
    /// <summary>Users held.</summary>
    long Users { get; }

    /// <summary>Items held.</summary>
    long Items { get; }

    /// <summary>Users and items that lost their row to others.</summary>
    long Evictions { get; }

    /// <summary>Rows and biases set back because they were no longer sound (not finite, or too large).</summary>
    long Resets { get; }

    /// <summary>History entries not kept because the room was used up.</summary>
    long Truncations { get; }

    /// <summary>Events learned by a row that users or items without one share, once for each of the two; null where all have their own.</summary>
    long? SharedEvents => null;
}
