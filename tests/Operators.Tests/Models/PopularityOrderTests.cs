using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class PopularityOrderTests
{
    [Fact]
    public void It_keeps_the_order_that_sorting_gives_under_any_sequence_of_operations() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(99, 7),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => CheckCase((ulong)seed)));

    [Fact]
    public void Arrivals_below_a_bound_are_counted_at_every_length()
    {
        CounterRng rng = new(1, 2);
        uint[] arrivals = [.. Enumerable.Range(0, 200).Select(_ => (uint)rng.NextBits())];
        for (int length = 0; length <= arrivals.Length; length++)
            Assert.Equal(arrivals.Take(length).Count(a => a < arrivals[100]), ArrivalScan.CountBelow(arrivals.AsSpan(0, length), arrivals[100]));
    }

    private static void CheckCase(ulong seed)
    {
        CounterRng rng = new(seed, 1);
        PopularityOrder order = new();
        Dictionary<int, (long Times, uint Arrival)> oracle = [];
        uint arrival = 0;
        int rows = 2 + (int)rng.NextBelow(40);
        for (int n = 0; n < 300; n++)
        {
            int item = (int)Math.Min(rng.NextBelow((ulong)rows), rng.NextBelow((ulong)rows));
            if (!oracle.TryGetValue(item, out (long Times, uint Arrival) known))
            {
                order.Append(item, arrival, 1);
                oracle.Add(item, (1, arrival++));
            }
            else if (rng.NextBelow(8) == 0)
            {
                order.Remove(item);
                oracle.Remove(item);
            }
            else
            {
                order.Increment(item);
                oracle[item] = known with { Times = known.Times + 1 };
            }

            Assert.Equal(oracle.Count, order.Count);
        }

        foreach ((int item, (long times, uint mine)) in oracle)
        {
            Assert.Equal(times, order.Times(item));
            Assert.Equal(oracle.Values.Count(o => o.Times > times), order.Above(item));
            Assert.Equal(oracle.Values.Count(o => o.Times == times && o.Arrival < mine), order.TiesBefore(item));
        }

        Assert.Equal(oracle.Values.Select(o => o.Times).OrderDescending(), Enumerable.Range(0, order.Count).Select(place => order.Times(order.ItemAt(place))));
        Assert.Equal(oracle.Keys.Order(), Enumerable.Range(0, order.Count).Select(order.ItemAt).Order());
    }
}
