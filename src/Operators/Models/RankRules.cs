using Streaming.Abstractions.Learning;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>What a rank is before and after the counting: cold, unknown, beyond the depth. Shared by all rankers, so that they agree.</summary>
internal static class RankRules
{
    /// <summary>
    /// Looks the example's user and item up. If one was never seen, the rank is <see cref="Ranks.Cold"/>; if it may have been seen and evicted, or the
    /// user's history is incomplete, <see cref="Ranks.Unknown"/>; otherwise <see cref="Ranks.None"/>: it must be counted.
    /// </summary>
    public static int LookUp(in Example example, EntityTable users, EntityTable items, InteractionHistory history, out int user, out int item)
    {
        user = users.Find(example.User);
        item = items.Find(example.Item);
        if ((user < 0 && users.Evictions == 0) || (item < 0 && items.Evictions == 0)) return Ranks.Cold;
        return user < 0 || item < 0 || history.IsTruncated(user) ? Ranks.Unknown : Ranks.None;
    }

    /// <summary>
    /// The rank of an item when this many held items are better. Items that were evicted might be better too: that the rank is beyond the depth is still
    /// certain, any other rank is not.
    /// </summary>
    public static int Conclude(int better, int depth, EntityTable items)
    {
        if (better >= depth) return Ranks.Beyond;
        return items.Evictions > 0 ? Ranks.Unknown : better + 1;
    }
}
