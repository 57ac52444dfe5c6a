namespace Streaming.Ingest.Kafka;

/// <summary>The counters behind <see cref="KafkaSourceCounts"/>. From any thread.</summary>
internal sealed class Counters
{
    private long _records;
    private long _dropped;
    private long _rebalances;
    private long _lost;
    private long _pauses;
    private long _errors;
    private long _commitFailures;

    /// <summary>What they stand at.</summary>
    public KafkaSourceCounts Read() => new(
        Interlocked.Read(ref _records),
        Interlocked.Read(ref _dropped),
        Interlocked.Read(ref _rebalances),
        Interlocked.Read(ref _lost),
        Interlocked.Read(ref _pauses),
        Interlocked.Read(ref _errors),
        Interlocked.Read(ref _commitFailures));

    public void Record() => Volatile.Write(ref _records, _records + 1); // one thread gives records

    public void Drop() => Interlocked.Increment(ref _dropped);

    public void Rebalance() => Interlocked.Increment(ref _rebalances);

    public void Lose() => Interlocked.Increment(ref _lost);

    public void Pause() => Interlocked.Increment(ref _pauses);

    public void Error() => Interlocked.Increment(ref _errors);

    public void FailCommit() => Interlocked.Increment(ref _commitFailures);
}
