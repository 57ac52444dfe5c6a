using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class ScoreOrderTests
{
    [Fact]
    public void It_keeps_the_order_that_sorting_gives_under_any_sequence_of_operations() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(99, 7),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => CheckCase((ulong)seed)));

    private static void CheckCase(ulong seed)
    {
        CounterRng rng = new(seed, 1);
        int rows = 1 + (int)rng.NextBelow(60);
        using ScoreOrder order = new(rows);
        Dictionary<int, (double Score, uint Arrival)> oracle = [];
        uint arrivals = 0;
        for (int n = 0; n < 300; n++)
        {
            int item = (int)rng.NextBelow((ulong)rows);
            if (oracle.Remove(item)) order.Remove(item);
            if (rng.NextBelow(5) == 0) continue;
            oracle[item] = (rng.NextBelow(6), arrivals++);
            order.Add(item, oracle[item].Score, oracle[item].Arrival);
        }

        int[] sorted = [.. oracle.OrderByDescending(o => o.Value.Score).ThenBy(o => o.Value.Arrival).Select(o => o.Key)];
        Assert.Equal(sorted, Enumerable.Range(0, order.Count).Select(order.ItemAt));
        for (int score = -1; score < 7; score++)
        {
            Assert.Equal(oracle.Values.Count(o => o.Score * 3 > score), order.CountAbove(score, 3));
            Assert.Equal(oracle.Values.Count(o => o.Score >= score), order.EndOf(score));
            Assert.Equal(oracle.Values.Count(o => o.Score > score || (o.Score.Equals(score) && o.Arrival < 150)), order.CountBefore(score, 150));
        }
    }
}
