using System.Threading.Tasks.Sources;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// What was fetched of a shard and waits for its reader, a lane a topic. The thread that polls adds, and pauses a lane that holds its share of the bounds; the reader takes blocks
/// and waits for more. One of each; adding and waiting allocate nothing once the blocks are warm.
/// </summary>
/// <remarks>The reader is not woken by every record: it says how many it wants. Waking it costs the thread that polls more than adding a record does.</remarks>
internal sealed class ShardQueue : IValueTaskSource, IDisposable
{
    private readonly Lock _gate = new();
    private readonly TopicLane[] _lanes;
    private readonly long _mostRecords;
    private readonly long _mostWeight;
    private readonly ManualResetEventSlim _room;
    private readonly ITimer _timer;
    private ManualResetValueTaskSourceCore<bool> _bell = new() { RunContinuationsAsynchronously = true };
    private bool _waits;
    private bool _rung;
    private int _lane;
    private int _wanted;

    /// <summary>An empty queue.</summary>
    /// <param name="topics">Number of lanes.</param>
    /// <param name="options">The bounds; each lane has an equal share of them, so that a merge never waits for a lane that another one's records keep from being fetched.</param>
    /// <param name="room">Set each time the reader has made room in a lane (<see cref="HasRoom(int)"/>).</param>
    /// <param name="time">Measures waits.</param>
    public ShardQueue(int topics, KafkaSourceOptions options, ManualResetEventSlim room, TimeProvider time)
    {
        _room = room;
        _lanes = [.. Enumerable.Range(0, topics).Select(_ => new TopicLane())];
        (_mostRecords, _mostWeight) = (Math.Max(1, options.QueueRecords / topics), Math.Max(1, options.QueueBytes / topics));
        _timer = time.CreateTimer(static queue => ((ShardQueue)queue!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lanes.</summary>
    public int Topics => _lanes.Length;

    /// <summary>Adds a copy of a record; says whether the lane has its share of the bounds now.</summary>
    public bool Add(int lane, in RecordHeader header, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            TopicLane to = _lanes[lane];
            to.Add(header, bytes);
            bool full = IsFull(to);
            if (_waits && (full || IsMet())) Ring();
            return full;
        }
    }

    /// <summary>Whether a lane holds at most half of its share: one that was paused is resumed.</summary>
    public bool IsHalfEmpty(int lane)
    {
        lock (_gate)
        {
            return IsWithin(_lanes[lane], 0.5);
        }
    }

    /// <summary>Whether a lane holds at most a quarter of its share: its reader may soon have nothing to do.</summary>
    public bool IsShort(int lane)
    {
        lock (_gate)
        {
            return IsWithin(_lanes[lane], 0.25);
        }
    }

    /// <summary>Whether a lane holds less than its share, by an eighth of it.</summary>
    public bool HasRoom(int lane)
    {
        lock (_gate)
        {
            return HasRoom(_lanes[lane]);
        }
    }

    /// <summary>Records of a lane that wait, those in a block at the reader included, and what they weigh, in bytes. From any thread.</summary>
    public (long Records, long Bytes) Waiting(int lane)
    {
        lock (_gate)
        {
            return (_lanes[lane].Records, _lanes[lane].Weight);
        }
    }

    /// <summary>Hands the reader the oldest block of a lane; false if there is none.</summary>
    public bool TryTake(int lane, out RecordBlock block)
    {
        lock (_gate)
        {
            return _lanes[lane].TryTake(out block);
        }
    }

    /// <summary>Takes back a block that the reader has worked through.</summary>
    public void Return(int lane, RecordBlock block)
    {
        lock (_gate)
        {
            bool had = HasRoom(_lanes[lane]);
            _lanes[lane].Return(block);
            if (had || !HasRoom(_lanes[lane])) return;
        }

        _room.Set();
    }

    /// <summary>
    /// Waits until so many records of a lane can be taken, or <see cref="Wake"/> is called, or the time is over; it may end early. To be awaited before the next call.
    /// </summary>
    /// <param name="lane">The lane; -1 for all of them together.</param>
    /// <param name="wanted">Records, at least 1; a lane that has its share of the bounds is never waited for.</param>
    /// <param name="atMost">Longest wait, positive.</param>
    public ValueTask WaitAsync(int lane, int wanted, TimeSpan atMost)
    {
        lock (_gate)
        {
            (_lane, _wanted) = (lane, wanted);
            if (_rung || IsMet() || (lane >= 0 && IsFull(_lanes[lane])))
            {
                _rung = false;
                return ValueTask.CompletedTask;
            }

            _bell.Reset();
            _waits = true;
            _timer.Change(atMost, Timeout.InfiniteTimeSpan);
            return new ValueTask(this, _bell.Version);
        }
    }

    /// <summary>Ends the wait of the reader, or the next one.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_waits) Ring();
            else _rung = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => _bell.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _bell.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _bell.OnCompleted(continuation, state, token, flags);

    private bool IsFull(TopicLane lane) => lane.Records >= _mostRecords || lane.Weight >= _mostWeight;

    private bool IsWithin(TopicLane lane, double share) => lane.Records <= share * _mostRecords && lane.Weight <= share * _mostWeight;

    private bool HasRoom(TopicLane lane) => !IsFull(lane) && IsWithin(lane, 0.875);

    private bool IsMet()
    {
        if (_lane >= 0) return _lanes[_lane].Untaken >= _wanted;
        int untaken = 0;
        foreach (TopicLane lane in _lanes) untaken += lane.Untaken;
        return untaken >= _wanted;
    }

    private void Ring()
    {
        _waits = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _bell.SetResult(true);
    }
}
