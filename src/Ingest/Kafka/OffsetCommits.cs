using Confluent.Kafka;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// Commits offsets after snapshots, for lag tools alone: nobody ever goes on from them. One commit is under way at a time, on a thread of the pool; what is noted meanwhile is
/// committed next. One that fails is news and a count, never a fault.
/// </summary>
internal sealed class OffsetCommits(IReadOnlyList<string> topics, Counters counters, Notices notices)
{
    private const string Kind = "commit";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, long[]> _noted = [];
    private Task _underWay = Task.CompletedTask;

    /// <summary>Notes how far a snapshot of a shard reaches. From any thread.</summary>
    public void Note(int shard, PartitionPosition position)
    {
        lock (_gate) _noted[shard] = position.Cursors.ToArray();
    }

    /// <summary>Begins to commit what is noted of the shards that are owned, unless a commit is under way. By the thread that polls.</summary>
    public void Begin(IConsumer<Ignore, Payload> consumer, Func<int, bool> owned)
    {
        if (!_underWay.IsCompleted) return;
        List<TopicPartitionOffset> offsets = Take(owned);
        if (offsets.Count > 0) _underWay = Task.Run(() => Commit(consumer, offsets));
    }

    /// <summary>Commits what is noted of the shards that are owned, and waits for it, but not for long.</summary>
    public void Flush(IConsumer<Ignore, Payload> consumer, Func<int, bool> owned)
    {
        if (!_underWay.Wait(Patience)) return;
        Begin(consumer, owned);
        _underWay.Wait(Patience);
    }

    private List<TopicPartitionOffset> Take(Func<int, bool> owned)
    {
        List<TopicPartitionOffset> offsets = [];
        lock (_gate)
        {
            foreach ((int shard, long[] cursors) in _noted.Where(n => owned(n.Key)))
            {
                for (int topic = 0; topic < cursors.Length; topic++)
                {
                    if (cursors[topic] >= 0) offsets.Add(new TopicPartitionOffset(topics[topic], shard, cursors[topic]));
                }
            }

            _noted.Clear(); // what another process owns now, that one commits
        }

        return offsets;
    }

    private void Commit(IConsumer<Ignore, Payload> consumer, List<TopicPartitionOffset> offsets)
    {
        try
        {
            consumer.Commit(offsets);
            counters.Commit();
            notices.Forget(Kind);
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            counters.FailCommit();
            string reason = e is KafkaException k ? k.Error.Reason : e.Message;
            notices.Say(Kind, reason, $"kafka: offsets could not be committed ({reason}); lag tools see the ones before. Nothing is lost: positions are in the snapshots.");
        }
    }
}
