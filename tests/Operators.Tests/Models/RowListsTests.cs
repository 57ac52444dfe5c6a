using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class RowListsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void What_came_last_is_first_and_everything_is_there_once(int length)
    {
        using EntityTable entities = new(3, RowLists.BytesOf(length, weights: false));
        using RowLists lists = new(entities, length, weights: false);
        List<uint>[] oracle = [[], [], []];
        CounterRng rng = new(3, (ulong)length);
        for (int n = 0; n < 3000; n++)
        {
            int row = (int)rng.NextBelow(3);
            uint entry = (uint)rng.NextBelow(30);
            lists.PushFront(row, entry);
            oracle[row].Remove(entry);
            oracle[row].Insert(0, entry);
            Assert.Equal(oracle[row].Take(length), lists.Entries(row).ToArray());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(50)]
    public void A_weight_is_never_too_low_and_too_high_by_at_most_the_lightest(int length)
    {
        using EntityTable entities = new(2, RowLists.BytesOf(length, weights: true));
        using RowLists lists = new(entities, length, weights: true);
        Dictionary<uint, double> oracle = [];
        CounterRng rng = new(4, (ulong)length);
        for (int n = 0; n < 2000; n++)
        {
            uint entry = (uint)Math.Min(rng.NextBelow(50), rng.NextBelow(50));
            double weight = 1 + rng.NextBelow(4);
            lists.Increase(1, entry, weight);
            oracle[entry] = oracle.GetValueOrDefault(entry) + weight;
            double[] weights = lists.Weights(1).ToArray();
            double slack = weights.Length < length || length == 50 ? 0 : weights.Min();
            foreach ((uint known, double exact) in oracle)
            {
                int place = lists.Entries(1).IndexOf(known);
                if (place >= 0) Assert.InRange(weights[place], exact, exact + slack);
                else Assert.True(exact <= slack);
            }
        }

        Assert.Equal(0, lists.Entries(0).Length);
    }
}
