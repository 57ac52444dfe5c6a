using System.Globalization;
using Confluent.Kafka;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Sinks.Kafka;

/// <summary>
/// Where the source stands, for the transactions of a pipeline from Kafka to Kafka. The offsets in a transaction are for tools that show how far a group has come and for
/// whoever looks at the group; the engine itself goes on from the position in its snapshot, and never reads them.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class TransactionOffsets
{
    private readonly IReadOnlyList<string> _topics;
    private readonly IConsumerGroupMetadata _group;
    private readonly SourcePosition _position = new();

    private TransactionOffsets(IReadOnlyList<string> topics, IConsumerGroupMetadata group) => (_topics, _group) = (topics, group);

    /// <summary>The offsets of a source of topics that is read as a group; null for any other source.</summary>
    public static TransactionOffsets? For(SinkBinding binding)
    {
        if (binding.Topics.Count == 0 || Group(binding) is null) return null;
        // A client of the group that never takes part in it, only to have the group described. As a static member it would be taken for the one that does take part.
        ConsumerBuilder<Ignore, Ignore> builder = new(binding.Kafka.ForConsumer().Where(s => s.Key != "group.instance.id"));
        using IConsumer<Ignore, Ignore> consumer = builder.SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        return new TransactionOffsets(binding.Topics, consumer.ConsumerGroupMetadata);
    }

    /// <summary>
    /// The name under which brokers know the producer of this shard, the same after each restart, so that they end what a dead one left open: from the group, the
    /// source, the sink and the shard.
    /// </summary>
    public static string TransactionalId(SinkBinding binding) =>
        string.Create(CultureInfo.InvariantCulture, $"streaming:{Group(binding)}:{binding.Source}:{binding.Id}:{binding.Shard}");

    /// <summary>Notes where the source stands after the batch.</summary>
    public void Note(EventBatch batch) => _position.CopyFrom(batch.Position);

    /// <summary>Hands <paramref name="send"/> what sends the offsets in at most the time that is left, where there are any.</summary>
    public void SendTo(Action<Action<IProducer<byte[]?, byte[]>, TimeSpan>> send)
    {
        List<TopicPartitionOffset> offsets = [];
        foreach (PartitionPosition partition in _position.Partitions)
        {
            for (int topic = 0; topic < partition.Cursors.Length; topic++)
            {
                if (partition.Cursors[topic] >= 0) offsets.Add(new TopicPartitionOffset(_topics[topic], partition.Partition, partition.Cursors[topic]));
            }
        }

        if (offsets.Count > 0) send((producer, left) => producer.SendOffsetsToTransaction(offsets, _group, left));
    }

    private static string? Group(SinkBinding binding) =>
        binding.Kafka.ForConsumer().Where(s => s.Key == "group.id").Select(s => s.Value).FirstOrDefault();
}
