using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models.Refits;

public sealed class SampleStoreTests
{
    [Fact]
    public void The_last_events_are_kept_and_chained_by_user_and_item_newest_first()
    {
        using EntityTable users = Entities(6), items = Entities(9);
        using SampleStore store = new(users, items, 30, RefitKeep.Window, seed: 1);
        List<(int User, int Item, double Value)?> all = [];
        CounterRng rng = new(2, 2);
        for (int n = 0; n < 2000; n++)
        {
            (int user, int item) = ((int)rng.NextBelow(6), (int)rng.NextBelow(9));
            store.Add(user, item, n, 1);
            all.Add((user, item, n));
            if (n % 17 == 0)
            {
                store.RemoveUser(n % 6);
                for (int i = 0; i < all.Count; i++) all[i] = all[i]?.User == n % 6 ? null : all[i];
            }

            if (n % 23 == 0)
            {
                store.RemoveItem(n % 9);
                for (int i = 0; i < all.Count; i++) all[i] = all[i]?.Item == n % 9 ? null : all[i];
            }

            (int User, int Item, double Value)[] kept = [.. all.TakeLast(30).Reverse().Where(e => e is not null).Select(e => e!.Value)];
            for (int u = 0; u < 6; u++) Assert.Equal(kept.Where(e => e.User == u).Select(e => e.Value), Chain(store, store.NewestOfUser(u), store.OlderOfUser));
            for (int i = 0; i < 9; i++) Assert.Equal(kept.Where(e => e.Item == i).Select(e => e.Value), Chain(store, store.NewestOfItem(i), store.OlderOfItem));
        }
    }

    [Fact]
    public void A_reservoir_keeps_every_event_equally_often()
    {
        const int Seeds = 2000, Events = 40, Capacity = 10;
        int[] times = new int[Events];
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            using EntityTable users = Entities(1), items = Entities(1);
            using SampleStore store = new(users, items, Capacity, RefitKeep.Reservoir, seed);
            for (int n = 0; n < Events; n++) store.Add(0, 0, n, 1);
            foreach (double value in Chain(store, store.NewestOfUser(0), store.OlderOfUser)) times[(int)value]++;
        }

        // 500 expected, standard deviation 19.4; beyond five of them in one of 40 numbers with probability 2e-5.
        Assert.All(times, t => Assert.InRange(t, 403, 597));
        Assert.Equal(Seeds * Capacity, times.Sum());
    }

    [Fact]
    public void A_shuffled_order_has_every_number_once_and_differs_by_key()
    {
        for (int count = 1; count < 300; count++)
        {
            int[] one = [.. Enumerable.Range(0, count).Select(i => new ShuffledOrder(5, count)[i])], two = [.. Enumerable.Range(0, count).Select(i => new ShuffledOrder(6, count)[i])];
            Assert.Equal(Enumerable.Range(0, count), one.Order());
            if (count < 20) continue;
            Assert.NotEqual(one, two);
            Assert.NotEqual(Enumerable.Range(0, count), one);
        }
    }

    private static IEnumerable<double> Chain(SampleStore store, int newest, Func<int, int> older)
    {
        for (int slot = newest; slot >= 0; slot = older(slot))
        {
            Assert.True(store.TryGet(slot, out RefitSample sample));
            yield return sample.Value;
        }
    }

    private static EntityTable Entities(int count)
    {
        EntityTable table = new(count);
        for (int i = 0; i < count; i++) table.FindOrAdd(100 + (ulong)i, out _);
        return table;
    }
}
