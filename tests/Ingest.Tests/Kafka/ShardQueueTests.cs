using Streaming.Ingest.Kafka;
using Streaming.Ingest.Tests.Support;
using Streaming.Shared.Time;

namespace Streaming.Ingest.Tests.Kafka;

public sealed class ShardQueueTests : IDisposable
{
    private readonly ManualClock _time = new();
    private readonly ManualResetEventSlim _room = new();
    private readonly ShardQueue _queue;

    public ShardQueueTests() => _queue = new ShardQueue(2, new KafkaSourceOptions { QueueRecords = 20, QueueBytes = 64 << 10 }, _room, _time);

    [Fact]
    public void A_lane_is_full_at_its_share_of_the_records_and_half_empty_once_half_were_worked_through()
    {
        for (int i = 0; i < 9; i++) Assert.False(Add(0, 10));
        Assert.True(Add(0, 10));
        Assert.False(_queue.IsHalfEmpty(0) || _queue.HasRoom(0) || _queue.IsShort(0));
        Assert.True(_queue.IsHalfEmpty(1) && _queue.HasRoom(1) && _queue.IsShort(1));
        Assert.True(_queue.TryTake(0, out RecordBlock block));
        Assert.Equal(10, block.Count);
        Assert.False(_queue.IsHalfEmpty(0)); // the reader has them, but they are still there
        Assert.False(_room.IsSet);
        _queue.Return(0, block);
        Assert.True(_room.IsSet && _queue.IsHalfEmpty(0));
        Assert.False(_queue.TryTake(0, out _));
    }

    [Fact]
    public void A_lane_has_room_below_an_eighth_less_than_its_share_and_is_short_at_a_quarter()
    {
        Add(0, 1);
        Add(0, 1);
        Assert.True(_queue.IsShort(0));
        Add(0, 1);
        Assert.True(!_queue.IsShort(0) && _queue.IsHalfEmpty(0));
        for (int i = 3; i < 8; i++) Add(0, 1);
        Assert.True(_queue.HasRoom(0) && !_queue.IsHalfEmpty(0));
        Add(0, 1);
        Assert.False(_queue.HasRoom(0));
    }

    [Fact]
    public void A_lane_is_full_at_its_share_of_the_bytes() => Assert.True(!Add(0, 16 << 10) && Add(0, 17 << 10));

    [Fact]
    public void Records_keep_their_bytes_whatever_their_sizes()
    {
        int[] sizes = [0, 1, 60_000, 200_000, 5, 70_000, 0, 3];
        foreach (int size in sizes) _queue.Add(1, new RecordHeader(size, 0, size), Filled(size));
        List<int> found = [];
        while (_queue.TryTake(1, out RecordBlock block))
        {
            for (int i = 0; i < block.Count; i++)
            {
                Assert.Equal(Filled(block[i].Length), block.BytesOf(i).ToArray());
                found.Add(block[i].Length);
            }

            _queue.Return(1, block);
        }

        Assert.Equal(sizes, found);
        Assert.True(_queue.IsHalfEmpty(1));
    }

    [Fact]
    public async Task The_reader_is_woken_when_as_many_wait_as_it_wants()
    {
        Task wait = _queue.WaitAsync(0, 3, TimeSpan.FromHours(1)).AsTask();
        Add(0, 1);
        Add(1, 1);
        Add(1, 1);
        Add(0, 1);
        Assert.False(wait.IsCompleted);
        Add(0, 1);
        await wait;
        await _queue.WaitAsync(0, 3, TimeSpan.FromHours(1));
        await _queue.WaitAsync(-1, 5, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_full_lane_is_not_waited_for()
    {
        Task wait = _queue.WaitAsync(0, 1000, TimeSpan.FromHours(1)).AsTask();
        for (int i = 0; i < 10; i++) Add(0, 1);
        await wait;
        await _queue.WaitAsync(0, 1000, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_wait_ends_with_its_time_or_a_call()
    {
        Task wait = _queue.WaitAsync(0, 1, TimeSpan.FromSeconds(2)).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await wait;
        wait = _queue.WaitAsync(0, 1, TimeSpan.FromSeconds(2)).AsTask();
        _queue.Wake();
        await wait;
        _queue.Wake(); // nobody waits: the next one does not
        await _queue.WaitAsync(0, 1, TimeSpan.FromHours(1));
    }

    public void Dispose()
    {
        _queue.Dispose();
        _room.Dispose();
    }

    private bool Add(int lane, int size) => _queue.Add(lane, new RecordHeader(0, 0, size), Filled(size));

    private static byte[] Filled(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i + size))];
}
