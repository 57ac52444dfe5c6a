namespace Streaming.Ingest.Kafka;

/// <summary>What a merge has next.</summary>
internal enum MergeStep
{
    /// <summary>Nothing: records are to be waited for.</summary>
    Wait,

    /// <summary>A record: the head of <see cref="TopicMerge.Topic"/>.</summary>
    Record,

    /// <summary>The news that <see cref="TopicMerge.Topic"/> is silent, and is not waited for any more until it speaks again.</summary>
    Idle,
}

/// <summary>
/// Puts the records of a shard's topics in the order of their times: the earliest head first, of equal ones that of the first topic. A topic without a record holds the others
/// up, for its next one may be the earliest, until it has been silent for a while. Within a topic the order stays what it is.
/// </summary>
/// <remarks>One caller at a time; linear in the number of topics a record. With one topic it is a queue.</remarks>
internal sealed class TopicMerge
{
    private readonly ShardQueue _queue;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly RecordBlock?[] _blocks;
    private readonly int[] _next;
    private readonly bool[] _idle;
    private readonly long[] _silentSince;

    /// <summary>A merge of what <paramref name="queue"/> holds.</summary>
    /// <param name="queue">One lane a topic.</param>
    /// <param name="patience">How long a topic must be silent not to be waited for.</param>
    /// <param name="time">Measures silence.</param>
    public TopicMerge(ShardQueue queue, TimeSpan patience, TimeProvider time)
    {
        (_queue, _patience, _time) = (queue, patience, time);
        _blocks = new RecordBlock?[queue.Topics];
        _next = new int[queue.Topics];
        _idle = new bool[queue.Topics];
        _silentSince = new long[queue.Topics];
        Array.Fill(_silentSince, -1);
    }

    /// <summary>The topic that the last step was about; after <see cref="MergeStep.Wait"/> the one that is waited for, -1 for any.</summary>
    public int Topic { get; private set; }

    /// <summary>After <see cref="MergeStep.Wait"/>: how long at most, until a topic counts as silent; null where none would.</summary>
    public TimeSpan? Patience { get; private set; }

    /// <summary>The record at hand.</summary>
    public RecordHeader Header => _blocks[Topic]![_next[Topic]];

    /// <summary>Its bytes, or what was kept of them; valid until <see cref="Advance"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _blocks[Topic]!.BytesOf(_next[Topic]);

    /// <summary>Looks at what is next.</summary>
    public MergeStep Next()
    {
        Patience = null;
        if (_blocks.Length == 1)
        {
            Topic = 0;
            return Refill(0) ? MergeStep.Record : MergeStep.Wait;
        }

        int earliest = -1, holder = -1;
        for (int topic = 0; topic < _blocks.Length; topic++)
        {
            if (!Refill(topic))
            {
                if (!_idle[topic] && holder < 0) holder = topic;
            }
            else if (earliest < 0 || TimeOf(topic) < TimeOf(earliest))
            {
                earliest = topic;
            }
        }

        Topic = holder < 0 || earliest < 0 ? earliest : holder;
        if (holder < 0 || earliest < 0) return earliest < 0 ? MergeStep.Wait : MergeStep.Record;
        TimeSpan left = _patience - _time.GetElapsedTime(_silentSince[holder]);
        _idle[holder] = left <= TimeSpan.Zero;
        if (_idle[holder]) return MergeStep.Idle;
        Patience = left;
        return MergeStep.Wait;
    }

    /// <summary>Goes behind the record at hand.</summary>
    public void Advance()
    {
        RecordBlock block = _blocks[Topic]!;
        if (++_next[Topic] < block.Count) return;
        _queue.Return(Topic, block);
        (_blocks[Topic], _next[Topic]) = (null, 0);
    }

    private long TimeOf(int topic) => _blocks[topic]![_next[topic]].Time;

    /// <summary>Whether a topic has a record, which makes it not silent.</summary>
    private bool Refill(int topic)
    {
        if (_blocks[topic] is not null || _queue.TryTake(topic, out _blocks[topic]!))
        {
            (_idle[topic], _silentSince[topic]) = (false, -1);
            return true;
        }

        if (_silentSince[topic] < 0) _silentSince[topic] = _time.GetTimestamp();
        return false;
    }
}
