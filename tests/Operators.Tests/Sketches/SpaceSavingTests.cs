using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Sketches;

public class SpaceSavingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(20)]
    public void Counters_and_their_order_follow_the_definition(int capacity)
    {
        Check.One(Config.QuickThrowOnFailure.WithReplay(0x5EED, 0x1D).WithMaxTest(200).WithEndSize(300), Prop.ForAll<(byte Key, byte Weight)[]>(adds =>
        {
            PlainSpaceSaving plain = new(capacity);
            SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = capacity }, 1);
            foreach ((byte key, byte weight) in adds)
            {
                plain.Add(key % 32u, 1 + (weight % 5));
                sketch.Add(key % 32u, 1 + (weight % 5));
            }

            return plain.Ascending().SequenceEqual(Counters(sketch));
        }));
    }

    [Fact]
    public void Every_count_lies_within_its_error_and_every_error_within_the_bound()
    {
        ulong[] keys = SkewedKeys.Stream(200_000, 50_000, seed: 3);
        Dictionary<ulong, long> exact = SkewedKeys.Exact(keys);
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 256 }, 1);
        foreach (ulong key in keys) sketch.Add(key);
        double bound = keys.Length / 256.0;
        foreach ((ulong key, long count) in exact)
        {
            Estimate estimate = sketch.Frequency(key);
            Assert.InRange(count, estimate.Lower, estimate.Upper);
            Assert.InRange(estimate.Upper - estimate.Lower, 0, bound);
            if (count > bound) Assert.Contains(sketch.Top(256), t => t.Key == key);
        }

        Assert.Equal(keys.Length, Counters(sketch).Sum(c => c.Count));
    }

    [Fact]
    public void Up_to_its_capacity_it_is_exact()
    {
        ulong[] keys = SkewedKeys.Stream(50_000, 500, seed: 5);
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 512 }, 1);
        foreach (ulong key in keys) sketch.Add(key);
        var expected = SkewedKeys.Exact(keys).OrderByDescending(e => e.Value).ThenBy(e => e.Key).Take(20).Select(e => (e.Key, new Estimate(e.Value, e.Value, e.Value)));
        Assert.Equal(expected, sketch.Top(20));
        Assert.Equal(new Estimate(0, 0, 0), sketch.Frequency(999_999));
    }

    [Fact]
    public void A_weight_counts_as_many_single_occurrences_for_the_bounds()
    {
        ulong[] keys = SkewedKeys.Stream(5_000, 300, seed: 6);
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 64 }, 1);
        Dictionary<ulong, long> exact = [];
        for (int i = 0; i < keys.Length; i++)
        {
            long weight = 1 + (i % 13 * 1000);
            sketch.Add(keys[i], weight);
            exact[keys[i]] = exact.GetValueOrDefault(keys[i]) + weight;
        }

        Assert.Equal(exact.Values.Sum(), sketch.Total);
        Assert.All(exact, e => Assert.InRange(e.Value, sketch.Frequency(e.Key).Lower, sketch.Frequency(e.Key).Upper));
        Assert.All(Counters(sketch), c => Assert.InRange(c.Error, 0, sketch.Total / 64));
    }

    [Fact]
    public void Top_orders_ties_by_key_and_gives_no_more_than_asked_for()
    {
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 8 }, 1);
        foreach (ulong key in new ulong[] { 9, 3, 7, 7, 1 }) sketch.Add(key);
        Assert.Equal([7UL, 1UL, 3UL], sketch.Top(3).Select(t => t.Key));
        Assert.Equal([7UL, 1UL, 3UL, 9UL], sketch.Top(100).Select(t => t.Key));
        Assert.Empty(sketch.Top(0));
    }

    [Fact]
    public void Among_equal_counts_the_one_reached_first_is_taken_over()
    {
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 2 }, 1);
        foreach (ulong key in new ulong[] { 5, 4, 6 }) sketch.Add(key);
        Assert.Equal([(4UL, 1L, 0L), (6UL, 2L, 1L)], Counters(sketch));
    }

    [Theory]
    [InlineData(64, 20_000, 20_000, 5_000)]
    [InlineData(64, 20_000, 30, 5_000)]
    [InlineData(64, 30, 20_000, 5_000)]
    [InlineData(64, 100, 100, 40)]
    [InlineData(1, 500, 400, 20)]
    public void Merging_keeps_the_bounds_over_both_streams(int capacity, int left, int right, int distinct)
    {
        SpaceSavingOptions options = new() { Capacity = capacity };
        SpaceSaving a = new(options, 1), b = new(options, 1);
        ulong[] first = SkewedKeys.Stream(left, distinct, 1), second = SkewedKeys.Stream(right, distinct * 2, 2);
        foreach (ulong key in first) a.Add(key);
        foreach (ulong key in second) b.Add(key);
        a.Merge(b);
        Dictionary<ulong, long> exact = SkewedKeys.Exact(first.Concat(second));
        Assert.Equal(left + right, a.Total);
        Assert.All(exact, e =>
        {
            Estimate estimate = a.Frequency(e.Key);
            Assert.InRange(e.Value, estimate.Lower, estimate.Upper);
            Assert.InRange(estimate.Upper - estimate.Lower, 0, (double)a.Total / capacity);
        });
        Assert.InRange(Counters(a).Sum(c => c.Count), 0, a.Total);

        // And it goes on from there.
        a.Add(1, 1_000_000);
        Assert.Equal(1UL, Assert.Single(a.Top(1)).Key);
    }

    [Fact]
    public void Merging_sketches_that_are_not_full_is_exact()
    {
        SpaceSavingOptions options = new() { Capacity = 100 };
        SpaceSaving a = new(options, 1), b = new(options, 1);
        for (ulong key = 0; key < 60; key++) a.Add(key, 1 + (long)key);
        for (ulong key = 40; key < 100; key++) b.Add(key, 7);
        a.Merge(b);
        for (ulong key = 0; key < 100; key++)
        {
            long count = (key < 60 ? 1 + (long)key : 0) + (key >= 40 ? 7 : 0);
            Assert.Equal(new Estimate(count, count, count), a.Frequency(key));
        }
    }

    [Fact]
    public void Merging_with_itself_doubles_everything()
    {
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 16 }, 1);
        foreach (ulong key in SkewedKeys.Stream(1000, 100, 1)) sketch.Add(key);
        (ulong Key, long Count, long Error)[] before = Counters(sketch);
        sketch.Merge(sketch);
        Assert.Equal(before.Select(c => (c.Key, 2 * c.Count, 2 * c.Error)).Order(), Counters(sketch).Order());
        Assert.Equal(2000, sketch.Total);
    }

    [Fact]
    public void A_snapshot_that_contradicts_itself_is_refused()
    {
        SpaceSaving sketch = new(new SpaceSavingOptions { Capacity = 4 }, 1);
        sketch.Add(1, 2);
        sketch.Add(2, 3);
        byte[] good = StateBytes.Save(sketch);
        foreach ((int at, byte value) in new[] { (48, (byte)2), (40, (byte)9), (16, (byte)1), (32, (byte)2), (8, (byte)3) })
        {
            // In turn, counted from the end: the first key becomes the second's, a count passes the next one's, one falls below, an error reaches its count.
            byte[] bad = [.. good];
            bad[^at] = value;
            Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new SpaceSaving(new SpaceSavingOptions { Capacity = 4 }, 1), bad));
        }
    }

    /// <summary>The counters by count, then age, as they are saved.</summary>
    private static (ulong Key, long Count, long Error)[] Counters(SpaceSaving sketch)
    {
        byte[] state = StateBytes.Save(sketch);
        return [.. Enumerable.Range(0, sketch.Counters).Select(i =>
        {
            ReadOnlySpan<byte> counter = state.AsSpan(state.Length - (24 * (sketch.Counters - i)), 24);
            return (BitConverter.ToUInt64(counter), BitConverter.ToInt64(counter[8..]), BitConverter.ToInt64(counter[16..]));
        })];
    }
}
