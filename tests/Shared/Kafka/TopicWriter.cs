using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Ingest.Kafka;

namespace Streaming.Shared.Kafka;

/// <summary>Produces records, in batches, as the mock cluster needs them to be fast.</summary>
public sealed class TopicWriter : IDisposable
{
    private readonly IProducer<Null, byte[]?> _producer;

    public TopicWriter(string bootstrap)
    {
        NativeLibrdkafka.Register(null);
        _producer = new ProducerBuilder<Null, byte[]?>(new ProducerConfig { BootstrapServers = bootstrap, LingerMs = 5, MessageMaxBytes = 4_000_000 }).SetValueSerializer(new Raw()).SetLogHandler((_, _) => { }).Build();
    }

    public static string Rating(int i) => string.Create(CultureInfo.InvariantCulture, $$"""{"user":"u{{i % 97}}","item":"i{{i % 31}}","value":{{1 + (i % 5)}},"ts":{{1_700_000_000 + i}}}""");

    public void Send(string topic, int partition, string? value, long time = 1_700_000_000_000, params (string Name, string Value)[] headers)
    {
        SendBytes(topic, partition, value is null ? null : Encoding.UTF8.GetBytes(value), time, headers);
    }

    public void SendBytes(string topic, int partition, byte[]? value, long time = 1_700_000_000_000, params (string Name, string Value)[] headers)
    {
        Message<Null, byte[]?> message = new() { Value = value, Timestamp = new Timestamp(time, TimestampType.CreateTime) };
        if (headers.Length > 0) message.Headers = [];
        foreach ((string name, string text) in headers) message.Headers!.Add(name, Encoding.UTF8.GetBytes(text));
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(topic, partition), message);
                return;
            }
            catch (ProduceException<Null, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    /// <summary>Ratings <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1, round-robin over the partitions; returns when the cluster has them.</summary>
    public void SendRatings(string topic, int partitions, int first, int count)
    {
        for (int i = first; i < first + count; i++) Send(topic, i % partitions, Rating(i), 1_700_000_000_000 + i);
        Flush();
    }

    public void Flush()
    {
        int left = _producer.Flush(TimeSpan.FromSeconds(20));
        if (left > 0) throw new TimeoutException($"{left} messages were not delivered.");
    }

    public void Dispose() => _producer.Dispose();

    private sealed class Raw : ISerializer<byte[]?>
    {
        public byte[] Serialize(byte[]? data, SerializationContext context) => data!;
    }
}
