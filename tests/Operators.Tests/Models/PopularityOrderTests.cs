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
    public void Rows_below_a_bound_are_counted_at_every_length()
    {
        CounterRng rng = new(1, 2);
        int[] rows = [.. Enumerable.Range(0, 200).Select(_ => (int)rng.NextBelow(int.MaxValue))];
        for (int length = 0; length <= rows.Length; length++)
            Assert.Equal(rows.Take(length).Count(a => a < rows[100]), RowScan.CountBelow(rows.AsSpan(0, length), rows[100]));
    }

    private static void CheckCase(ulong seed)
    {
        CounterRng rng = new(seed, 1);
        using PopularityOrder order = new(42);
        Dictionary<int, long> oracle = [];
        int rows = 2 + (int)rng.NextBelow(40);
        for (int n = 0; n < 300; n++)
        {
            int item = (int)Math.Min(rng.NextBelow((ulong)rows), rng.NextBelow((ulong)rows));
            if (!oracle.TryGetValue(item, out long times))
            {
                order.Append(item, 1);
                oracle.Add(item, 1);
            }
            else if (rng.NextBelow(8) == 0)
            {
                order.Remove(item);
                oracle.Remove(item);
            }
            else
            {
                order.Increment(item);
                oracle[item] = times + 1;
            }

            Assert.Equal(oracle.Count, order.Count);
        }

        foreach ((int item, long times) in oracle)
        {
            Assert.Equal(times, order.Times(item));
            Assert.Equal(oracle.Values.Count(o => o > times), order.Above(item));
            Assert.Equal(oracle.Count(o => o.Value == times && o.Key < item), order.TiesBefore(item));
        }

        Assert.Equal(oracle.Values.OrderDescending(), Enumerable.Range(0, order.Count).Select(place => order.Times(order.ItemAt(place))));
        Assert.Equal(oracle.Keys.Order(), Enumerable.Range(0, order.Count).Select(order.ItemAt).Order());
    }
}
