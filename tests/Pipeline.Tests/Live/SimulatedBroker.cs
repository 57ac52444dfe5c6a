namespace Streaming.Pipeline.Tests.Live;

/// <summary>A broker in memory: partitions of records that only grow, and readers that wait for them without a clock.</summary>
internal sealed class SimulatedBroker
{
    private readonly List<byte[]>[] _logs;
    private readonly long[] _delivered;
    private readonly int[] _reader;
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SimulatedBroker(int partitions)
    {
        (_logs, _delivered, _reader) = ([.. Enumerable.Range(0, partitions).Select(_ => new List<byte[]>())], new long[partitions], new int[partitions]);
    }

    public int Partitions => _logs.Length;

    public long EndOf(int partition)
    {
        lock (_gate) return _logs[partition].Count;
    }

    public void Produce(int partition, byte[] record)
    {
        lock (_gate) _logs[partition].Add(record);
        Nudge();
    }

    /// <summary>Lets readers that wait look around: with nothing new they give out an empty batch.</summary>
    public void Nudge()
    {
        TaskCompletionSource changed;
        lock (_gate) (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.SetResult();
    }

    /// <summary>The record at an offset; null at the end of the log, with what to wait for.</summary>
    public byte[]? Read(int partition, long offset, out Task changed)
    {
        lock (_gate)
        {
            changed = _changed.Task;
            return offset < _logs[partition].Count ? _logs[partition][(int)offset] : null;
        }
    }

    /// <summary>The partition has a new reader, which has delivered nothing; what the one before still delivers does not count.</summary>
    /// <returns>The reader's number.</returns>
    public int NewReader(int partition)
    {
        lock (_gate)
        {
            _delivered[partition] = -1;
            return ++_reader[partition];
        }
    }

    /// <summary>A reader's batches up to this offset are in its graph.</summary>
    public void Deliver(int partition, int reader, long offset)
    {
        lock (_gate)
        {
            if (_reader[partition] == reader) _delivered[partition] = offset;
        }

        Nudge();
    }

    /// <summary>Ends when the partition's newest reader has delivered everything there is of it.</summary>
    public async Task WhenDrainedAsync(int partition)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_delivered[partition] == _logs[partition].Count) return;
                changed = _changed.Task;
            }

            await changed;
        }
    }
}
