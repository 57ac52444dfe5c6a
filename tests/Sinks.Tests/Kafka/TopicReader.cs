using System.Text;
using Confluent.Kafka;

namespace Streaming.Sinks.Tests.Kafka;

/// <summary>A message as a consumer sees it.</summary>
internal sealed record ReadMessage(string? Key, byte[] Bytes, IReadOnlyList<(string Name, string Value)> Headers)
{
    public string Value => Encoding.UTF8.GetString(Bytes);

    public string this[string header] => Headers.Single(h => h.Name == header).Value;

    /// <summary>Everything a consumer can tell messages apart by.</summary>
    public override string ToString() => $"{Key} {Convert.ToHexString(Bytes)} {string.Join(',', Headers)}";
}

/// <summary>Reads everything that is in a topic.</summary>
internal static class TopicReader
{
    public static List<ReadMessage> ReadAll(string bootstrap, string topic, int partitions = 1)
    {
        ConsumerConfig settings = new() { BootstrapServers = bootstrap, GroupId = "reader", AutoOffsetReset = AutoOffsetReset.Error, FetchWaitMaxMs = 10 };
        using IConsumer<byte[]?, byte[]> consumer = new ConsumerBuilder<byte[]?, byte[]>(settings).Build();
        List<ReadMessage> messages = [];
        for (int partition = 0; partition < partitions; partition++)
        {
            TopicPartition place = new(topic, partition);
            long end = consumer.QueryWatermarkOffsets(place, TimeSpan.FromSeconds(10)).High.Value;
            consumer.Assign(new TopicPartitionOffset(place, 0));
            for (long next = 0; next < end;)
            {
                ConsumeResult<byte[]?, byte[]> result = consumer.Consume(TimeSpan.FromSeconds(10)) ?? throw new TimeoutException($"{place} ends at {next}, not at {end}.");
                next = result.Offset.Value + 1;
                messages.Add(new ReadMessage(
                    result.Message.Key is null ? null : Encoding.UTF8.GetString(result.Message.Key),
                    result.Message.Value,
                    [.. result.Message.Headers.Select(h => (h.Key, Encoding.UTF8.GetString(h.GetValueBytes())))]));
            }
        }

        return messages;
    }
}
