using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Sketches;

public class CountMinTests
{
    [Fact]
    public void The_defaults_give_544_by_3()
    {
        CountMin sketch = new(new CountMinOptions(), seed: 1);
        Assert.Equal((544, 3, 0.005), (sketch.Width, sketch.Depth, sketch.Epsilon));
    }

    [Fact]
    public void An_explicit_shape_overrides_and_sets_the_error_rate()
    {
        CountMin sketch = new(new CountMinOptions { Width = 1000, Depth = 5 }, seed: 1);
        sketch.Add(1, 2000);
        Assert.Equal((1000, 5), (sketch.Width, sketch.Depth));
        Assert.Equal(2 * Math.E, sketch.ErrorBound, 12);
    }

    [Theory]
    [InlineData(1, 1, CountMinVariant.Plain)]
    [InlineData(28, 2, CountMinVariant.Plain)]
    [InlineData(544, 3, CountMinVariant.Plain)]
    [InlineData(1024, 4, CountMinVariant.Plain)]
    [InlineData(17, 7, CountMinVariant.Plain)]
    [InlineData(28, 2, CountMinVariant.Conservative)]
    [InlineData(544, 3, CountMinVariant.Conservative)]
    [InlineData(17, 7, CountMinVariant.Conservative)]
    public void Every_path_agrees_with_the_definition(int width, int depth, CountMinVariant variant)
    {
        CountMinOptions options = new() { Width = width, Depth = depth, Variant = variant };
        Check.One(Config.QuickThrowOnFailure.WithReplay(0x5EED, 0x1D).WithMaxTest(30), Prop.ForAll<ulong, (uint Key, ushort Weight)[]>((seed, adds) =>
        {
            PlainCountMin plain = new(width, depth, variant == CountMinVariant.Conservative, seed);
            CountMin fast = new(options, seed), counted = new(options, seed);
            foreach ((uint key, ushort extra) in adds)
            {
                long weight = 1L + extra;
                long expected = plain.Add(key, weight);
                fast.Add(key, weight);
                if (counted.AddAndCount(key, weight) != expected || fast.Count(key) != expected) return false;
            }

            return adds.All(a => fast.Count(a.Key) == plain.Count(a.Key)) && StateBytes.Save(fast).SequenceEqual(StateBytes.Save(counted));
        }));
    }

    [Theory]
    [InlineData(544, 3)]
    [InlineData(1 << 18, 3)]
    [InlineData(1 << 17, 5)]
    public void Adding_many_at_once_is_adding_each(int width, int depth)
    {
        CountMinOptions options = new() { Width = width, Depth = depth };
        CountMin one = new(options, 3), many = new(options, 3);
        ulong[] keys = SkewedKeys.Stream(10_007, 100_000, seed: 4);
        foreach (ulong key in keys) one.Add(key);
        many.AddAll(keys);
        Assert.Equal(StateBytes.Save(one), StateBytes.Save(many));
    }

    [Theory]
    [InlineData(0.005, 0.05, CountMinVariant.Plain)]
    [InlineData(0.005, 0.05, CountMinVariant.Conservative)]
    [InlineData(0.02, 0.001, CountMinVariant.Plain)]
    [InlineData(0.001, 0.3, CountMinVariant.Plain)]
    public void Few_estimates_are_above_the_bound_and_none_below_the_truth(double epsilon, double delta, CountMinVariant variant)
    {
        ulong[] keys = SkewedKeys.Stream(100_000, 50_000, seed: 7);
        Dictionary<ulong, long> exact = SkewedKeys.Exact(keys);
        long above = 0;
        const int Seeds = 10;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            CountMin sketch = new(new CountMinOptions { Epsilon = epsilon, Delta = delta, Variant = variant }, seed);
            sketch.AddAll(keys);
            Assert.Equal(epsilon * keys.Length, sketch.ErrorBound, 9);
            foreach ((ulong key, long count) in exact)
            {
                Assert.True(sketch.Count(key) >= count);
                if (sketch.Count(key) - count > sketch.ErrorBound) above++;
            }
        }

        Assert.InRange((double)above / exact.Count / Seeds, 0, delta);
    }

    [Fact]
    public void Two_keys_meet_in_every_row_as_rarely_as_independent_rows_allow()
    {
        // 16 cells a row, 3 rows: 1 in 4,096 for a given pair. Taking all rows from two numbers would give about 1 in 256.
        int together = 0;
        const int Pairs = 200_000;
        for (ulong seed = 0; seed < Pairs; seed++)
        {
            CountMin sketch = new(new CountMinOptions { Width = 16, Depth = 3 }, seed);
            sketch.Add(1);
            if (sketch.Count(2) > 0) together++;
        }

        double expected = Pairs / 4096.0;
        Assert.InRange(together, expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected)));
    }

    [Fact]
    public void Conservative_update_is_never_above_plain()
    {
        ulong[] keys = SkewedKeys.Stream(50_000, 20_000, seed: 9);
        CountMin plain = new(new CountMinOptions { Epsilon = 0.02 }, 1);
        CountMin conservative = new(new CountMinOptions { Epsilon = 0.02, Variant = CountMinVariant.Conservative }, 1);
        plain.AddAll(keys);
        conservative.AddAll(keys);
        ulong[] distinct = [.. keys.Distinct()];
        Assert.All(distinct, key => Assert.True(conservative.Count(key) <= plain.Count(key)));
        Assert.True(distinct.Sum(conservative.Count) < distinct.Sum(plain.Count) * 0.8);
    }

    [Theory]
    [InlineData(CountMinVariant.Plain)]
    [InlineData(CountMinVariant.Conservative)]
    public void A_full_cell_stays_full_is_counted_and_admits_it(CountMinVariant variant)
    {
        CountMin sketch = new(new CountMinOptions { Width = 8, Depth = 2, Variant = variant }, 1);
        sketch.Add(5, uint.MaxValue - 1);
        sketch.Add(5);
        Assert.Equal((uint.MaxValue, 0L), (sketch.Count(5), sketch.Saturations));
        sketch.Add(5);
        sketch.Add(5, long.MaxValue / 2);
        Estimate estimate = sketch.Frequency(5);
        Assert.Equal(uint.MaxValue, estimate.Value);
        Assert.Equal((double)sketch.Total, estimate.Upper);
        Assert.True(sketch.Saturations >= 2);
        Assert.Throws<OverflowException>(() => sketch.Add(5, long.MaxValue));
    }

    [Fact]
    public void Merging_full_cells_counts_them()
    {
        CountMin a = new(new CountMinOptions { Width = 8, Depth = 2 }, 1), b = new(new CountMinOptions { Width = 8, Depth = 2 }, 1);
        a.Add(1, uint.MaxValue);
        b.Add(1, 2);
        a.Merge(b);
        Assert.Equal((uint.MaxValue, 2L, uint.MaxValue + 2L), (a.Count(1), a.Saturations, a.Total));
    }

    [Fact]
    public void The_lower_bound_is_never_negative_and_the_upper_is_the_estimate()
    {
        CountMin sketch = new(new CountMinOptions(), 1);
        sketch.Add(1, 10);
        sketch.Add(2, 990);
        Assert.Equal(new Estimate(10, 5, 10), sketch.Frequency(1));
        Assert.Equal(new Estimate(0, 0, 0), sketch.Frequency(3));
    }

    [Fact]
    public void Merged_conservative_sketches_keep_both_bounds()
    {
        CountMinOptions options = new() { Variant = CountMinVariant.Conservative };
        ulong[] left = SkewedKeys.Stream(40_000, 9_000, 1), right = SkewedKeys.Stream(60_000, 30_000, 2);
        CountMin a = new(options, 5), b = new(options, 5);
        a.AddAll(left);
        b.AddAll(right);
        a.Merge(b);
        Dictionary<ulong, long> exact = SkewedKeys.Exact(left.Concat(right));
        Assert.Equal(100_000, a.Total);
        Assert.All(exact, e => Assert.True(a.Count(e.Key) >= e.Value));
        Assert.InRange(exact.Count(e => a.Count(e.Key) - e.Value > a.ErrorBound), 0, exact.Count * 0.05);
    }

    [Fact]
    public void A_table_that_is_too_large_is_refused_with_its_size()
    {
        CountMinOptions options = new() { Width = 1 << 28, Depth = 5 };
        (string option, string message) = Assert.Single(options.Validate());
        Assert.Equal("Width", option);
        Assert.Contains("1342177280 cells", message);
        Assert.Throws<ArgumentException>(() => new CountMin(options, 1));
    }

    [Fact]
    public void A_snapshot_costs_what_was_counted_not_what_could_be()
    {
        CountMinOptions options = new() { Width = 1 << 16, Depth = 4 };
        CountMin sketch = new(options, 1);
        foreach (ulong key in SkewedKeys.Stream(300, 100, seed: 3)) sketch.Add(key);
        byte[] state = StateBytes.Save(sketch);
        Assert.InRange(state.Length, 100, (100 * 4 * 8) + 200);
        CountMin restored = new(options, 1);
        restored.Add(12345);
        StateBytes.Restore(restored, state);
        Assert.Equal(state, StateBytes.Save(restored));
        for (ulong key = 0; key < 200; key++) Assert.Equal(sketch.Count(key), restored.Count(key));

        // The last cell: its place and its count.
        foreach (int at in (int[])[8, 4])
        {
            foreach (byte[] forged in (byte[][])[[0, 0, 0, 0], [255, 255, 255, 255], [0, 0, 4, 0]])
            {
                byte[] damaged = [.. state[..^at], .. forged, .. state[^(at - 4)..][..(at - 4)]];
                Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new CountMin(options, 1), damaged));
            }
        }
    }

    [Fact]
    public void A_snapshot_with_a_cell_above_its_total_is_refused()
    {
        CountMin sketch = new(new CountMinOptions { Width = 4, Depth = 1 }, 1);
        sketch.Add(1, 10);
        byte[] state = StateBytes.Save(sketch);
        state[^28] = 9; // the total: before the saturations, the number of cells in use and the one cell
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new CountMin(new CountMinOptions { Width = 4, Depth = 1 }, 1), state));
    }
}
