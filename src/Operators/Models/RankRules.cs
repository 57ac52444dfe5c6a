using Streaming.Abstractions.Learning;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>What a rank is before and after the counting: cold, unknown, beyond the depth. Shared by all rankers, so that they agree.</summary>
internal static class RankRules
{
    /// <summary>
    /// Looks the example's user and item up. If one was never seen, the rank is <see cref="Ranks.Cold"/>; if the user may have been seen and evicted, or
    /// its history is incomplete, <see cref="Ranks.Unknown"/>; otherwise <see cref="Ranks.None"/>: it must be counted. Once any item was evicted every
    /// rank is unknown, even that it is beyond the depth: one that came back is better for a user who met it before, and must not count.
    /// </summary>
    public static int LookUp(in Example example, EntityTable users, EntityTable items, InteractionHistory history, out int user, out int item)
    {
        user = users.Find(example.User);
        item = items.Find(example.Item);
        if (items.Evictions > 0) return Ranks.Unknown;
        if (item < 0 || (user < 0 && users.Evictions == 0)) return Ranks.Cold;
        return user < 0 || history.IsTruncated(user) ? Ranks.Unknown : Ranks.None;
    }

    /// <summary>The rank of an item when this many items are better.</summary>
    public static int Conclude(int better, int depth) => better >= depth ? Ranks.Beyond : better + 1;
}
