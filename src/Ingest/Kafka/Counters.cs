namespace Streaming.Ingest.Kafka;

/// <summary>The counters behind <see cref="KafkaSourceCounts"/>. From any thread.</summary>
internal sealed class Counters
{
    private long _records;
    private long _dropped;
    private long _rebalances;
    private long _lost;
    private long _pauses;
    private long _resumes;
    private long _errors;
    private long _commits;
    private long _commitFailures;
    private long _connects;
    private long _disconnects;

    /// <summary>What they stand at.</summary>
    public KafkaSourceCounts Read() => new(
        Interlocked.Read(ref _records),
        Interlocked.Read(ref _dropped),
        Interlocked.Read(ref _rebalances),
        Interlocked.Read(ref _lost),
        Interlocked.Read(ref _pauses),
        Interlocked.Read(ref _resumes),
        Interlocked.Read(ref _errors),
        Interlocked.Read(ref _commits),
        Interlocked.Read(ref _commitFailures),
        Interlocked.Read(ref _connects),
        Interlocked.Read(ref _disconnects));

    public void Record() => Volatile.Write(ref _records, _records + 1); // one thread gives records

    public void Drop() => Interlocked.Increment(ref _dropped);

    public void Rebalance() => Interlocked.Increment(ref _rebalances);

    public void Lose() => Interlocked.Increment(ref _lost);

    public void Pause() => Interlocked.Increment(ref _pauses);

    public void Resume() => Interlocked.Increment(ref _resumes);

    public void Error() => Interlocked.Increment(ref _errors);

    public void Commit() => Interlocked.Increment(ref _commits);

    public void FailCommit() => Interlocked.Increment(ref _commitFailures);

    public void Connect(long connects, long disconnects)
    {
        Interlocked.Add(ref _connects, connects);
        Interlocked.Add(ref _disconnects, disconnects);
    }
}
