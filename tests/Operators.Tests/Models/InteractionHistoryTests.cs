using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class InteractionHistoryTests
{
    [Fact]
    public void It_agrees_with_lists_while_items_and_users_come_and_go()
    {
        EntityTable items = new(50);
        using InteractionHistory history = new(20, items, 15 * 400);
        Dictionary<int, List<ulong>> oracle = [];
        CounterRng rng = new(3, 1);
        for (int n = 0; n < 20_000; n++)
        {
            int user = (int)rng.NextBelow(20);
            if (!oracle.TryGetValue(user, out List<ulong>? own) || rng.NextBelow(100) == 0)
            {
                history.Start(user, truncated: false);
                oracle[user] = own = [];
            }

            ulong key = 1 + rng.NextBelow(55);
            int item = items.FindOrAdd(key, out Admission admission);
            if (admission == Admission.Replaced)
            {
                history.Replaced(item);
                foreach (List<ulong> list in oracle.Values) list.RemoveAll(k => items.Find(k) < 0);
            }

            history.Add(user, item);
            if (!own.Contains(key)) own.Add(key);
            int other = (int)rng.NextBelow(20);
            if (!oracle.TryGetValue(other, out List<ulong>? expected)) continue;
            Assert.Equal(expected, Items(history, items, other));
            List<ulong> marked = [], blocks = [];
            MarkedItems marks = history.Mark(other);
            for (int i = 0; i < items.Count; i++)
            {
                if (marks.Contains(i)) marked.Add(items.Key(i));
                if (((marks.Block(i / 16) >> (i % 16)) & 1) != 0) blocks.Add(items.Key(i));
            }

            Assert.Equal(expected.Order(), marked.Order());
            Assert.Equal(marked, blocks);
        }

        Assert.True(items.Evictions > 100);
        Assert.Equal(0, history.Truncations);
    }

    [Fact]
    public void What_does_not_fit_is_counted_and_marks_the_user()
    {
        EntityTable items = new(100);
        for (ulong key = 1; key <= 40; key++) items.FindOrAdd(key, out _);
        using InteractionHistory history = new(3, items, 30);
        for (int user = 0; user < 3; user++) history.Start(user, truncated: false);
        for (int item = 0; item < 16; item++) history.Add(0, item);
        history.Add(1, 5);
        Assert.Equal((1L, true), (history.Truncations, history.IsTruncated(1)));
        Assert.False(history.IsTruncated(0));

        history.Start(0, truncated: false);
        for (int item = 0; item < 16; item++) history.Add(2, item);
        Assert.Equal((1L, false, 16), (history.Truncations, history.IsTruncated(2), history.CountOf(2)));
    }

    private static List<ulong> Items(InteractionHistory history, EntityTable items, int user)
    {
        List<ulong> found = [];
        foreach (int item in history.Of(user)) found.Add(items.Key(item));
        return found;
    }
}
