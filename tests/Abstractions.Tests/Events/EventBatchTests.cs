using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Xunit;

namespace Streaming.Abstractions.Tests.Events;

public sealed class EventBatchTests
{
    private static EventBatch Batch(int capacity, int doubles = 0, int ints = 0) => new BatchPool(1, capacity, doubles, ints).Rent().Batch;

    [Fact]
    public void A_new_event_has_no_value_no_propensity_and_weight_1()
    {
        EventBatch batch = Batch(2);
        batch.Add().Value = 3;
        batch.RemoveLast(1);
        Event e = batch.Add();
        Assert.True(double.IsNaN(e.Value) && double.IsNaN(e.Propensity));
        Assert.Equal(1f, e.Weight);
        Assert.False(e.IsRating);
        e.Value = 0;
        Assert.True(e.IsRating);
        e.Kind = EventKind.Decision;
        Assert.False(e.IsRating);
    }

    [Fact]
    public void A_full_batch_takes_no_more()
    {
        EventBatch batch = Batch(1);
        batch.Add();
        Assert.True(batch.IsFull);
        Assert.Throws<InvalidOperationException>(() => { batch.Add(); });
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void Only_events_that_are_there_can_be_taken_back(int count)
    {
        EventBatch batch = Batch(4);
        batch.Add();
        batch.Add();
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.RemoveLast(count));
        batch.RemoveLast(2);
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Columns_of_each_type_lie_apart_and_end_with_the_events()
    {
        EventBatch batch = Batch(3, doubles: 2, ints: 1);
        batch.Add();
        batch.Add();
        batch.Column(new ColumnSlot<double>(0)).Fill(1);
        batch.Column(new ColumnSlot<double>(1)).Fill(2);
        batch.Column(new ColumnSlot<int>(0)).Fill(3);
        Assert.Equal([1.0, 1.0], batch.Column(new ColumnSlot<double>(0)).ToArray());
        Assert.Equal([2.0, 2.0], batch.Column(new ColumnSlot<double>(1)).ToArray());
        Assert.Equal([3, 3], batch.Column(new ColumnSlot<int>(0)).ToArray());
    }

    [Fact]
    public void An_unassigned_slot_has_no_column()
    {
        EventBatch batch = Batch(1, 1, 1);
        Assert.False(default(ColumnSlot<double>).IsAssigned);
        Assert.True(new ColumnSlot<int>(0).IsAssigned);
        Assert.Throws<IndexOutOfRangeException>(() => { batch.Column(default(ColumnSlot<double>)); });
    }

    [Fact]
    public void Arena_runs_keep_their_content_while_the_arena_grows()
    {
        Arena<int> arena = new();
        List<(ArenaSpan Span, int[] Items)> runs = [];
        for (int i = 0; i < 100; i++)
        {
            int[] items = [.. Enumerable.Range(i * 10, i % 7)];
            runs.Add((arena.Add(items), items));
        }

        Assert.All(runs, run => Assert.Equal(run.Items, arena[run.Span].ToArray()));
        Assert.Equal(runs.Sum(run => run.Items.Length), arena.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Truncate(arena.Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Truncate(-1));
        arena.Truncate(3);
        Assert.Equal(new ArenaSpan(3, 1), arena.Add([9]));
    }

    [Fact]
    public void Rejections_keep_the_beginning_of_their_bytes()
    {
        RejectionArena arena = new();
        arena.Add(1, 2, 3, new DecodeError(RejectionReason.BadTime, "ts"), "abcdef"u8, 6, 4);
        arena.Add(1, 3, 4, new DecodeError(RejectionReason.LineTooLong, ""), "xy"u8, 1000, 4);
        Assert.Equal(2, arena.Count);
        Assert.Equal("abcd"u8.ToArray(), arena.BytesOf(arena[0]).ToArray());
        Assert.Equal("xy"u8.ToArray(), arena.BytesOf(arena[1]).ToArray());
        Assert.Equal((1, 3L, 4L, RejectionReason.LineTooLong, 1000L), (arena[1].Partition, arena[1].Offset, arena[1].Line, arena[1].Error.Reason, arena[1].Length));
    }
}
