namespace Streaming.Ingest.Kafka;

/// <summary>The records of one partition of one topic that wait. Not safe by itself: <see cref="ShardQueue"/> locks.</summary>
internal sealed class TopicLane
{
    private const int MostSpare = 4;

    private readonly Queue<RecordBlock> _full = new();
    private readonly Stack<RecordBlock> _spare = new();
    private RecordBlock? _filling;
    private int _untaken;

    /// <summary>Records that wait, those in blocks at the reader included.</summary>
    public long Records { get; private set; }

    /// <summary>What they weigh, in bytes.</summary>
    public long Weight { get; private set; }

    /// <summary>Records that the reader has not taken yet.</summary>
    public int Untaken => _untaken;

    /// <summary>Adds a copy of a record.</summary>
    public void Add(in RecordHeader header, ReadOnlySpan<byte> bytes)
    {
        _filling ??= Spare();
        long before = _filling.Weight;
        if (!_filling.TryAdd(header, bytes))
        {
            _full.Enqueue(_filling);
            _filling = Spare();
            before = 0;
            _filling.TryAdd(header, bytes);
        }

        Records++;
        _untaken++;
        Weight += _filling.Weight - before;
    }

    /// <summary>Hands out the oldest block; false if there is none.</summary>
    public bool TryTake(out RecordBlock block)
    {
        if (!_full.TryDequeue(out block!))
        {
            if (_filling is null) return false;
            (block, _filling) = (_filling, null);
        }

        _untaken -= block.Count;
        return true;
    }

    /// <summary>Takes back a block that was worked through.</summary>
    public void Return(RecordBlock block)
    {
        Records -= block.Count;
        Weight -= block.Weight;
        block.Clear();
        if (_spare.Count < MostSpare) _spare.Push(block);
    }

    private RecordBlock Spare() => _spare.TryPop(out RecordBlock? block) ? block : new RecordBlock();
}
