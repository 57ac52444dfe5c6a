using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Sketches;

/// <summary>What every sketch of the catalogue promises.</summary>
public class SketchContractTests
{
    private static readonly ulong[] Keys = SkewedKeys.Stream(60_000, 20_000, seed: 77);

    public static IEnumerable<TheoryDataRow<string>> Names => SketchCatalogue.All.Select(t => new TheoryDataRow<string>(t.Name));

    [Fact]
    public void Names_are_unique_and_in_order()
    {
        string[] names = [.. SketchCatalogue.All.Select(t => t.Name)];
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bounds_hold_against_an_exact_dictionary(string name)
    {
        ISketch sketch = Filled(name, seed: 1, Keys);
        AssertBounds(sketch, Keys);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_merged_sketch_speaks_for_both_streams(string name)
    {
        ISketch merged = Filled(name, seed: 1, Keys.AsSpan(0, 25_000));
        ISketch other = Filled(name, seed: 1, Keys.AsSpan(25_000));
        byte[] before = StateBytes.Save(other);
        Merge(merged, other);
        AssertBounds(merged, Keys);
        Assert.Equal(before, StateBytes.Save(other));
        if (merged is HyperLogLog || name == "count-min") Assert.Equal(StateBytes.Save(Filled(name, seed: 1, Keys)), StateBytes.Save(merged));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Merging_with_an_empty_sketch_changes_no_answer(string name)
    {
        ISketch sketch = Filled(name, seed: 1, Keys);
        object[] before = Answers(sketch);
        Merge(sketch, New(name, seed: 1));
        Assert.Equal(before, Answers(sketch));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Merging_refuses_another_seed_and_other_options_and_stays_as_it_was(string name)
    {
        ISketch sketch = Filled(name, seed: 1, Keys);
        byte[] before = StateBytes.Save(sketch);
        Assert.Contains("Seed", Assert.Throws<ArgumentException>(() => Merge(sketch, Filled(name, seed: 2, Keys))).Message);
        foreach (ISketch other in Others(name)) Assert.Throws<ArgumentException>(() => Merge(sketch, other));
        Assert.Equal(before, StateBytes.Save(sketch));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_restored_sketch_is_the_same_and_goes_on_the_same(string name)
    {
        for (int cut = 0; cut <= 10_000; cut += 1_999)
        {
            ISketch original = Filled(name, seed: 1, Keys.AsSpan(0, cut));
            byte[] state = StateBytes.Save(original);
            // Restored into one that has seen something else: nothing of it may remain.
            ISketch restored = Filled(name, seed: 1, [1, 2, 3, 3, 1UL << 60]);
            StateBytes.Restore(restored, state);
            Assert.Equal(state, StateBytes.Save(restored));
            Assert.Equal(Answers(original), Answers(restored));
            foreach (ulong key in Keys.AsSpan(cut, 10_000))
            {
                original.Add(key);
                restored.Add(key);
            }

            Assert.Equal(StateBytes.Save(original), StateBytes.Save(restored));
            Assert.Equal(Answers(original), Answers(restored));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_snapshot_of_another_seed_or_shape_is_refused(string name)
    {
        byte[] state = StateBytes.Save(Filled(name, seed: 1, Keys));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(New(name, seed: 2), state));
        foreach (ISketch other in Others(name)) Assert.Throws<StateMismatchException>(() => StateBytes.Restore(other, state));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_snapshot_that_ends_early_is_refused(string name)
    {
        byte[] state = StateBytes.Save(Filled(name, seed: 1, Keys.AsSpan(0, 100)));
        for (int length = 0; length < state.Length; length += Math.Max(1, state.Length / 61))
            Assert.Throws<StateMismatchException>(() => StateBytes.Restore(New(name, seed: 1), state[..length]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_stream_gives_the_same_bytes_and_another_seed_other_ones(string name)
    {
        Assert.Equal(StateBytes.Save(Filled(name, 5, Keys)), StateBytes.Save(Filled(name, 5, Keys)));
        Assert.NotEqual(StateBytes.Save(Filled(name, 5, Keys)), StateBytes.Save(Filled(name, 6, Keys)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Adding_allocates_nothing(string name)
    {
        ISketch sketch = Filled(name, seed: 1, Keys.AsSpan(0, 30_000));
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (ulong key in Keys.AsSpan(30_000)) sketch.Add(key);
        sketch.Add(3, weight: 1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_are_what_it_takes_and_never_less(string name)
    {
        _ = New(name, seed: 1);
        object options = Type(name).NewOptions();
        long before = GC.GetAllocatedBytesForCurrentThread();
        ISketch sketch = Type(name).Create(options, 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(sketch.Bytes, allocated, allocated + 500);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_weight_below_one_is_refused_with_its_value(string name)
    {
        ISketch sketch = New(name, seed: 1);
        Assert.Contains("0 was given", Assert.Throws<ArgumentOutOfRangeException>(() => sketch.Add(1, 0)).Message);
        Assert.Contains("-3 was given", Assert.Throws<ArgumentOutOfRangeException>(() => sketch.Add(1, -3)).Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_64_bit_number_can_be_a_key(string name)
    {
        ISketch sketch = New(name, seed: 1);
        ulong[] keys = [0, 0, 0, ulong.MaxValue, ulong.MaxValue, 1UL << 63, 1];
        foreach (ulong key in keys) sketch.Add(key);
        AssertBounds(sketch, keys);
        if (sketch is IFrequencySketch frequencies) Assert.Equal(3, frequencies.Frequency(0).Value);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_that_it_is_mergeable(string name) => Assert.Equal(StateScope.Mergeable, New(name, 1).Scope);

    private static ComponentType<ISketch> Type(string name) => SketchCatalogue.All.Single(t => t.Name == name);

    private static ISketch New(string name, ulong seed) => Type(name).Create(Type(name).NewOptions(), seed);

    private static ISketch Filled(string name, ulong seed, ReadOnlySpan<ulong> keys)
    {
        ISketch sketch = New(name, seed);
        foreach (ulong key in keys) sketch.Add(key);
        return sketch;
    }

    /// <summary>One sketch for each way in which its options can differ from the defaults.</summary>
    private static ISketch[] Others(string name)
    {
        object[] options = name switch
        {
            "count-min" =>
            [
                new CountMinOptions { Width = 545 },
                new CountMinOptions { Depth = 4 },
                new CountMinOptions { Width = 544 },
                new CountMinOptions { Variant = CountMinVariant.Conservative },
            ],
            "count-min-conservative" =>
            [
                new ConservativeCountMinOptions { Width = 545 },
                new ConservativeCountMinOptions { Depth = 4 },
                new ConservativeCountMinOptions { Width = 544 },
                new ConservativeCountMinOptions { Variant = CountMinVariant.Plain },
            ],
            "hyperloglog" => [new HyperLogLogOptions { Precision = 11 }],
            "space-saving" => [new SpaceSavingOptions { Capacity = 1023 }],
            _ => throw new InvalidOperationException($"Say here what else {name} can be."),
        };
        return [.. options.Select(o => Type(name).Create(o, 1))];
    }

    private static void Merge(ISketch sketch, ISketch other)
    {
        switch (sketch)
        {
            case CountMin countMin: countMin.Merge((CountMin)other); break;
            case HyperLogLog hyperLogLog: hyperLogLog.Merge((HyperLogLog)other); break;
            case SpaceSaving spaceSaving: spaceSaving.Merge((SpaceSaving)other); break;
            default: throw new InvalidOperationException($"Say here how {sketch.StateTag} merges.");
        }
    }

    private static void AssertBounds(ISketch sketch, ulong[] keys)
    {
        Dictionary<ulong, long> exact = SkewedKeys.Exact(keys);
        if (sketch is ICardinalitySketch distinct)
        {
            Assert.InRange(exact.Count, distinct.Cardinality.Lower, distinct.Cardinality.Upper);
            Assert.InRange(distinct.Cardinality.Value, distinct.Cardinality.Lower, distinct.Cardinality.Upper);
        }

        if (sketch is IFrequencySketch frequencies)
        {
            int below = 0;
            foreach ((ulong key, long count) in exact)
            {
                Estimate estimate = frequencies.Frequency(key);
                Assert.True(estimate.Upper >= count && estimate.Value >= estimate.Lower && estimate.Value <= estimate.Upper && estimate.Lower >= 0);
                if (estimate.Lower > count) below++;
            }

            Assert.InRange(below, 0, sketch is CountMin ? exact.Count * new CountMinOptions().Delta : 0);
        }

        if (sketch is ITopKSketch top)
        {
            var found = top.Top(10);
            Assert.Equal(found.OrderByDescending(t => t.Count.Value).ThenBy(t => t.Key), found);
            Assert.All(found, t => Assert.Equal(top.Frequency(t.Key), t.Count));
        }
    }

    private static object[] Answers(ISketch sketch) => sketch switch
    {
        ITopKSketch top => [.. top.Top(50).Select(t => (object)t), .. Keys[..500].Select(k => (object)top.Frequency(k))],
        IFrequencySketch frequencies => [.. Keys[..500].Select(k => (object)frequencies.Frequency(k))],
        ICardinalitySketch distinct => [distinct.Cardinality],
        _ => throw new InvalidOperationException($"{sketch.StateTag} answers nothing that is known here."),
    };
}
