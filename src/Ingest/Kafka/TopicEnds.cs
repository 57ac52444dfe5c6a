using Confluent.Kafka;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// Looks where the topics' partitions end, about once a second, for how far the shards lag behind. What is being fetched tells it by the way, which costs no request; the broker is asked only for
/// what is not being fetched because its shard is slow, and by a thread of the pool.
/// </summary>
/// <remarks>Called by the thread that polls, which it never holds up.</remarks>
internal sealed class TopicEnds(IConsumer<Ignore, Payload> consumer, IReadOnlyList<string> topics, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long _looked = time.GetTimestamp();
    private Task _asking = Task.CompletedTask;

    /// <summary>Looks, if it is time to.</summary>
    public void Look(KafkaShard?[] shards)
    {
        if (time.GetElapsedTime(_looked) < Interval) return;
        _looked = time.GetTimestamp();
        List<(KafkaShard Shard, int Topic)> slow = [];
        foreach (KafkaShard? shard in shards)
        {
            for (int topic = 0; topic < shard?.Paused.Length; topic++)
            {
                if (shard.Paused[topic] || !shard.Queue.HasRoom(topic)) slow.Add((shard, topic));
                else Note(shard, topic, consumer.GetWatermarkOffsets);
            }
        }

        if (slow.Count > 0 && _asking.IsCompleted) _asking = Task.Run(() => slow.ForEach(s => Note(s.Shard, s.Topic, partition => consumer.QueryWatermarkOffsets(partition, Patience))));
    }

    private void Note(KafkaShard shard, int topic, Func<TopicPartition, WatermarkOffsets> ask)
    {
        try
        {
            shard.NoteEnd(topic, ask(new TopicPartition(topics[topic], shard.Number)).High.Value);
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            // What was known stays.
        }
    }
}
