using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed unsafe class LazyRankerTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void It_counts_what_a_plain_loop_counts_at_every_width_with_ties_and_non_finite_scores(bool biases, bool distance) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(4711, 3),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
            {
                CheckCase<float>((ulong)seed, biases, distance);
                CheckCase<double>((ulong)seed, biases, distance);
            }));

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_best_are_those_that_a_plain_loop_finds_at_every_width_with_ties_evictions_and_non_finite_scores(bool biases, bool distance) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(4713, 3),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
            {
                CheckBest<float>((ulong)seed, biases, distance);
                CheckBest<double>((ulong)seed, biases, distance);
            }));

    [Fact]
    public void It_stops_when_it_has_found_enough()
    {
        using LazyRanker<float> ranker = new(1000, 1, biases: false, distance: false);
        EntityTable entities = new(1000);
        float[] rows = new float[1000];
        rows.AsSpan().Fill(1);
        rows[999] = 0;
        float user = 1;
        fixed (float* row = rows)
        {
            for (int i = 0; i < 1000; i++) ranker.Set(entities.FindOrAdd((ulong)i + 1, out _), row + i, 0);
        }

        MarkedItems none = new(new uint[MarkedItems.Padded(1000)], 1);
        Assert.InRange(ranker.CountBetter(&user, 999, 0, entities.Count, none, 20), 20, 20 + 63);
        Assert.Equal(999, ranker.CountBetter(&user, 999, 0, entities.Count, none, int.MaxValue));
    }

    private static void CheckCase<T>(ulong seed, bool biases, bool distance)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        CounterRng rng = new(seed, 1);
        int items = 1 + (int)rng.NextBelow(300), factors = (int)rng.NextBelow(20);
        EntityTable entities = new(items + (int)rng.NextBelow(20));
        using LazyRanker<T> ranker = new(entities.Capacity, factors, biases, distance);
        using NativeBuffer<T> rows = new((long)entities.Capacity * (factors + 1));
        double[] bias = new double[entities.Capacity];

        // Small whole numbers make many ties and exact sums; now and then something that is not finite.
        for (int n = 0; n < items; n++)
        {
            int row = entities.FindOrAdd(1 + rng.NextBelow((ulong)items), out _);
            for (int f = 0; f < factors; f++) rows[(row * (factors + 1)) + f] = Draw<T>(ref rng) * Strength<T>(n);
            bias[row] = (double)rng.NextBelow(3);
            ranker.Set(row, rows.Pointer + (row * (factors + 1)), bias[row]);
        }

        T* user = stackalloc T[32];
        for (int f = 0; f < factors; f++) user[f] = Draw<T>(ref rng);
        uint[] stamps = new uint[MarkedItems.Padded(entities.Capacity)];
        for (int row = 0; row < stamps.Length; row++) stamps[row] = (uint)rng.NextBelow(4);
        MarkedItems excluded = new(stamps, 2);
        double Score(int row)
        {
            double sum = biases ? bias[row] : 0;
            for (int f = 0; f < factors; f++) sum += double.CreateChecked(user[f]) * double.CreateChecked(rows[(row * (factors + 1)) + f]);
            if (distance) sum = -Math.Abs(1 - sum);
            return double.IsFinite(sum) ? sum : double.NegativeInfinity;
        }

        for (int item = 0; item < entities.Count; item++)
        {
            int expected = 0;
            for (int other = 0; other < entities.Count; other++)
            {
                if (stamps[other] == 2) continue;
                if (Score(other) > Score(item) || (Score(other).Equals(Score(item)) && other < item)) expected++;
            }

            T score = ranker.Score(user, rows.Pointer + (item * (factors + 1)), bias[item]);
            Assert.Equal(Score(item), double.CreateChecked(score));
            Assert.Equal(expected, ranker.CountBetter(user, item, score, entities.Count, excluded, int.MaxValue));
            foreach (VectorWidth width in Enum.GetValues<VectorWidth>())
            {
                Assert.Equal(expected, ranker.CountBetter(width, user, item, score, entities.Count, excluded, int.MaxValue));
                Assert.Equal(Math.Min(expected, 5), Math.Min(5, ranker.CountBetter(width, user, item, score, entities.Count, excluded, 5)));
            }
        }
    }

    private static void CheckBest<T>(ulong seed, bool biases, bool distance)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        CounterRng rng = new(seed, 2);
        int items = 1 + (int)rng.NextBelow(400), factors = (int)rng.NextBelow(6);
        using EntityTable entities = new(1 + (int)rng.NextBelow((ulong)items + 20)); // often too small for all: rows then go to others
        using LazyRanker<T> ranker = new(entities.Capacity, factors, biases, distance);
        using NativeBuffer<T> rows = new((long)entities.Capacity * (factors + 1));
        double[] bias = new double[entities.Capacity];
        for (int n = 0; n < items; n++)
        {
            int row = entities.FindOrAdd((ulong)n + 1, out _);
            for (int f = 0; f < factors; f++) rows[(row * (factors + 1)) + f] = Draw<T>(ref rng) * Strength<T>(n);
            bias[row] = rng.NextBelow(3);
            ranker.Set(row, rows.Pointer + (row * (factors + 1)), bias[row]);
        }

        T* user = stackalloc T[8];
        for (int f = 0; f < factors; f++) user[f] = Draw<T>(ref rng);
        uint[] stamps = new uint[MarkedItems.Padded(entities.Capacity)];
        for (int row = 0; row < stamps.Length; row++) stamps[row] = (uint)rng.NextBelow(4);
        MarkedItems excluded = new(stamps, 2);
        ScoredItem[] expected =
        [
            .. Enumerable.Range(0, entities.Count).Where(row => stamps[row] != 2)
                .OrderByDescending(Score).ThenBy(entities.Sequence).Select(row => new ScoredItem(entities.Key(row), Score(row))),
        ];
        foreach (int length in (int[])[1, 10, 100])
        {
            foreach (VectorWidth width in Enum.GetValues<VectorWidth>())
            {
                ScoredItem[] list = new ScoredItem[length];
                TopItems best = new(list, entities);
                ranker.Collect(width, user, entities, excluded, ref best);
                Assert.Equal(expected.Take(length), list.Take(best.Count));
            }
        }

        double Score(int row) => double.CreateChecked(ranker.Score(user, rows.Pointer + (row * (factors + 1)), bias[row]));
    }

    // Strong items and weak ones by turns, so that among many in a row there is nothing to be found.
    private static T Strength<T>(int n)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> => T.CreateChecked(n / 100 % 2 == 0 ? 1 : 0.0625);

    private static T Draw<T>(ref CounterRng rng)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> => rng.NextBelow(200) switch
        {
            0 => T.NaN,
            1 => T.PositiveInfinity,
            2 => T.NegativeInfinity,
            ulong n => T.CreateChecked(n % 5) - T.One,
        };
}
