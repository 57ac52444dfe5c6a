using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Drift;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Stages;

/// <summary>States that are whole and well formed, and that no stream leads to: what would hang, crash or mislead later is refused at once.</summary>
public sealed class ForgedStateTests
{
    [Theory]
    [InlineData(2, new[] { 5, 0 })] // nothing in the last row, where the oldest is looked for: dropping it would never end
    [InlineData(52, new[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5 })]
    public void An_adwin_window_of_a_shape_that_does_not_occur(int rows, int[] buckets) => StateBytes.AssertRefused(
        (ref writer) =>
        {
            writer.WriteRaw<double>([0, 0, 0]);
            writer.Write(rows);
            foreach (int count in buckets)
            {
                writer.Write(count);
                for (int i = 0; i < 2 * count; i++) writer.Write(0.0);
            }
        },
        (ref reader) => new AdwinWindow(5).Restore(ref reader));

    [Fact]
    public void Fewer_values_than_places_that_go_on_elsewhere()
    {
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.WriteRaw<int>([3, 1]);
                writer.WriteRaw<double>([9, 1, 2, 3]);
            },
            (ref reader) => default(SlidingSum).Restore(ref reader, new double[5]));
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Shape("window", 5);
                writer.WriteRaw<int>([1, 3]);
                writer.WriteRaw<byte>([1, 2, 3]);
            },
            (ref reader) => new RankWindow(new RankMeasures(20, [10, 20], 0), 5).Restore(ref reader));
    }

    [Theory]
    [InlineData(0, 3u, new uint[0])] // more came than are there, and none was evicted
    [InlineData(1, 3u, new uint[] { 2, 2 })]
    public void Entities_whose_arrivals_contradict_each_other(long evictions, uint arrivals, uint[] sequence) => StateBytes.AssertRefused(
        (ref writer) =>
        {
            writer.Write(2);
            writer.Write(evictions);
            writer.Write(arrivals);
            writer.Write(0);
            writer.WriteRaw<ulong>([5, 6]);
            writer.WriteRaw<byte>([1, 1]);
            writer.WriteRaw<uint>(sequence);
        },
        (ref reader) => new EntityTable(2).Restore(ref reader));

    [Fact]
    public void An_item_twice_in_one_history()
    {
        EntityTable items = new(5);
        items.FindOrAdd(70, out _);
        items.FindOrAdd(71, out _);
        using InteractionHistory history = new(5, items, 15);
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Write(0L);
                writer.Write(false);
                writer.WriteRaw<int>([3, 1, 0, 1]);
            },
            (ref reader) => history.Restore(ref reader, 1));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(3L)]
    public void An_item_that_never_came_or_came_more_often_than_anything(long times)
    {
        using Popularity model = new(new PopularityOptions());
        model.Learn(new Example { User = 1, Item = 2, Weight = 1 });
        model.Learn(new Example { User = 2, Item = 2, Weight = 1 });
        byte[] state = StateBytes.Save(model);
        int at = state.AsSpan().LastIndexOf(BitConverter.GetBytes(2L));
        using Popularity whole = new(new PopularityOptions());
        StateBytes.Restore(whole, state);
        BitConverter.GetBytes(times).CopyTo(state, at);
        using Popularity resumed = new(new PopularityOptions());
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed, state));
    }

    [Fact]
    public void A_total_that_leaves_no_room_for_another_occurrence()
    {
        foreach (ISketch sketch in (ISketch[])[new CountMin(new CountMinOptions(), 1), new SpaceSaving(new SpaceSavingOptions(), 1)])
        {
            sketch.Add(5, 1L << 40);
            byte[] state = StateBytes.Save(sketch);
            int at = state.AsSpan().IndexOf(BitConverter.GetBytes(1L << 40));
            BitConverter.GetBytes(long.MaxValue).CopyTo(state, at);
            Assert.Throws<StateMismatchException>(() => StateBytes.Restore(sketch, state));
        }
    }

    [Fact]
    public void More_hits_than_events()
    {
        RankMeasures measures = new(20, [10, 20], 0);
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.WriteRaw<long>([5, 1, 1]);
                writer.Write(5.0);
                writer.WriteRaw<double>([2, 4, 0, 0, 0, 0]);
            },
            (ref reader) => new RankSums(measures).Restore(ref reader));
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.WriteRaw<long>([5, 3, 3]);
                writer.Write(5.0);
                writer.WriteRaw<double>([0, 0, 0, 0, 0, 0]);
            },
            (ref reader) => new RankSums(measures).Restore(ref reader));
    }

    [Theory]
    [InlineData(0, new[] { 1, 1 })] // an item twice in a list
    [InlineData(0, new[] { 7 })] // no item
    [InlineData(2, new[] { 1 })] // goes on elsewhere
    public void Lists_that_were_not_shown(int next, int[] rows)
    {
        using ShownLists lists = new(5, 3, 4);
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Shape("window", 5);
                writer.WriteRaw<int>([next == 0 ? 1 : next, 1]);
                writer.WriteSpan<int>(rows);
            },
            (ref reader) => lists.Restore(ref reader, 4));
    }

    [Theory]
    [InlineData(0, 0)] // no event
    [InlineData(-1, 0)] // not known, and nobody was given up
    [InlineData(-2, 3)]
    public void Ages_that_nobody_has(int events, long forgotten)
    {
        using AgeCounts counts = new(5);
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Shape("capacity", 5);
                writer.Write(forgotten);
                writer.Write(1);
                writer.Write(77UL);
                writer.Write(events);
            },
            (ref reader) => counts.Restore(ref reader));
    }

    [Theory]
    [InlineData(new ulong[] { 5, 6 }, new ulong[] { 1, 2 }, new ulong[] { 3, 3 })] // an item twice
    [InlineData(new ulong[] { 5, 6 }, new ulong[] { 1, 2 }, new ulong[] { })] // nothing that was shown
    [InlineData(new ulong[] { 5, 5 }, new ulong[] { 1, 2 }, new ulong[] { 3 })]
    public void Lists_that_nobody_was_shown(ulong[] users, ulong[] first, ulong[] second)
    {
        using LastLists lists = new(5, 3);
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Shape("Users", 5);
                writer.Shape("K", 3);
                writer.Write(0L);
                writer.Write(2);
                writer.Write(users[0]);
                writer.WriteSpan<ulong>(first);
                writer.Write(users[1]);
                writer.WriteSpan<ulong>(second);
            },
            (ref reader) => lists.Restore(ref reader));
    }

    [Fact]
    public void Similarities_above_one()
    {
        StateBytes.AssertRefused(
            (ref writer) =>
            {
                writer.Shape("window", 5);
                writer.Shape("fading", 1.0);
                writer.Write(2L);
                writer.WriteRaw<double>([2.5, 2, 2]);
                writer.WriteRaw<int>([0, 0]);
                writer.Write(0.0);
            },
            (ref reader) => new SimilarityMean(5, 1).Restore(ref reader));
    }

    [Fact]
    public void The_quality_of_another_model()
    {
        StageBinding binding = new("e", 1, ValueRange.Unbounded, new Dictionary<string, int> { ["a.score"] = 0, ["b.score"] = 0, ["a.rank@20"] = 0, ["b.rank@20"] = 0 }, new Dictionary<string, int>());
        byte[] ranking = StateBytes.Save(new RankingOperator(new RankingOptions { Model = "a" }, binding));
        byte[] error = StateBytes.Save(new RatingErrorOperator(new RatingErrorOptions { Model = "a" }, binding));
        StateBytes.Restore(new RankingOperator(new RankingOptions { Model = "a" }, binding), ranking);
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new RankingOperator(new RankingOptions { Model = "b" }, binding), ranking));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(new RatingErrorOperator(new RatingErrorOptions { Model = "b" }, binding), error));
    }
}
