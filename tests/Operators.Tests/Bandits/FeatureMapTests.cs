using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.Linear;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed unsafe class FeatureMapTests
{
    [Fact]
    public void Features_get_places_in_the_order_in_which_they_are_learned_after_the_intercept()
    {
        using DecisionBatch batch = new(2);
        batch.Add(DecisionBatch.Dense(5, 6), [(1, DecisionBatch.Dense(7)), (2, DecisionBatch.Named(3))]);
        using FeatureMap map = new(1024, FeatureOrigin.Both, intercept: true);
        using FeatureVector vector = new(map.Length);
        map.AddShared(batch[0], vector);
        map.AddAction(batch[0], 0, vector);
        Assert.Equal([1.0, 5, 6, 7], Values(vector, 4));
        Assert.Equal((1, 4), (map.Known, map.Used));
        map.Keep();
        vector.Clear();
        map.AddAction(batch[0], 1, vector);
        map.AddShared(batch[0], vector);
        Assert.Equal([1.0, 5, 6, 0, 1], Values(vector, 5));
    }

    [Theory]
    [InlineData(FeatureOrigin.Both, 4)]
    [InlineData(FeatureOrigin.Context, 2)]
    [InlineData(FeatureOrigin.Action, 2)]
    internal void Equal_names_of_context_and_action_are_told_apart(FeatureOrigin origin, int expected)
    {
        using DecisionBatch batch = new(1);
        Feature[] features = [new(0, 2), new(Feature.Places + 77, 3)];
        batch.Add(features, [(1, features)]);
        using FeatureMap map = new(1 << 14, origin, intercept: false);
        using FeatureVector vector = new(map.Length);
        map.AddShared(batch[0], vector);
        map.AddAction(batch[0], 0, vector);
        Assert.Equal(expected, vector.Count);
    }

    [Fact]
    public void What_meets_in_a_slot_adds_up()
    {
        using DecisionBatch batch = new(1);
        batch.Add(DecisionBatch.Dense(1, 2, 3), [(1, DecisionBatch.Named(1, 2, 3, 4, 5))]);
        using FeatureMap map = new(1, FeatureOrigin.Both, intercept: false);
        using FeatureVector vector = new(map.Length);
        map.AddShared(batch[0], vector);
        vector.Mark();
        map.AddAction(batch[0], 0, vector);
        Assert.Equal([11.0], Values(vector, 1));
        vector.Rewind();
        Assert.Equal([6.0], Values(vector, 1));
        map.AddAction(batch[0], 0, vector);
        Assert.Equal([11.0], Values(vector, 1));
    }

    [Fact]
    public void Slots_are_spread_evenly()
    {
        using FeatureMap map = new(64, FeatureOrigin.Both, intercept: false);
        int[] counts = new int[64];
        for (ulong key = 0; key < 64_000; key++) counts[map.Slot(Feature.Places + (key * key * 31), key % 2 == 0)]++;
        // 1,000 each, standard deviation 31.
        Assert.All(counts, c => Assert.InRange(c, 850, 1150));
    }

    [Fact]
    public void What_was_not_learned_is_forgotten()
    {
        using DecisionBatch batch = new(2);
        batch.Add([], [(1, DecisionBatch.Named(1, 2))]);
        batch.Add([], [(1, DecisionBatch.Named(3, 2))]);
        using FeatureMap map = new(1024, FeatureOrigin.Both, intercept: false);
        using FeatureVector vector = new(map.Length);
        map.AddAction(batch[0], 0, vector);
        map.Forget();
        vector.Clear();
        map.AddAction(batch[1], 0, vector);
        map.Keep();
        vector.Clear();
        map.AddAction(batch[0], 0, vector);
        Assert.Equal([2, 1], new ReadOnlySpan<int>(vector.Places, 2).ToArray());
        Assert.Equal(2, map.Known);
    }

    [Fact]
    public void A_rewound_vector_is_filled_as_a_fresh_one()
    {
        CounterRng rng = new(1, 8);
        using DecisionBatch batch = new(1);
        (ulong, Feature[])[] actions = new (ulong, Feature[])[500];
        for (int a = 0; a < actions.Length; a++)
        {
            // Mostly the places of the one before, in the same order; now and then fewer, others, or one twice.
            Feature[] features = DecisionBatch.Dense((float)rng.NextDouble(), (float)rng.NextDouble(), (float)rng.NextDouble());
            actions[a] = ((ulong)a + 1, rng.NextBelow(3) == 0 ? [.. features.Take((int)rng.NextBelow(4)), .. DecisionBatch.Named(rng.NextBelow(6), rng.NextBelow(6))] : features);
        }

        batch.Add([.. DecisionBatch.Dense(1, 2), .. DecisionBatch.Named(1, 2, 3)], actions);
        using FeatureMap map = new(12, FeatureOrigin.Both, intercept: true);
        using FeatureVector rewound = new(map.Length);
        map.AddShared(batch[0], rewound);
        rewound.Mark();
        for (int a = 0; a < actions.Length; a++)
        {
            using FeatureVector fresh = new(map.Length);
            map.AddShared(batch[0], fresh);
            map.AddAction(batch[0], a, fresh);
            map.AddAction(batch[0], a, rewound);
            Assert.Equal(Values(fresh, 16), Values(rewound, 16));
            Assert.Equal(new ReadOnlySpan<int>(fresh.Places, fresh.Count).ToArray(), new ReadOnlySpan<int>(rewound.Places, rewound.Count).ToArray());
            rewound.Rewind();
        }
    }

    private static double[] Values(FeatureVector vector, int length) => new ReadOnlySpan<double>(vector.Values, length).ToArray();
}
