using Confluent.Kafka;
using Streaming.Ingest.Kafka;
using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class MockClusterTests
{
    [Fact]
    public async Task What_is_produced_to_the_mock_cluster_is_consumed_from_it()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(2, ("events", 3));
        NativeLibrdkafka.Register(null);
        using (IProducer<Null, string> producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = cluster.Bootstrap }).Build())
        {
            for (int i = 0; i < 5; i++) await producer.ProduceAsync(new TopicPartition("events", 2), new Message<Null, string> { Value = $"record {i}" }, TestContext.Current.CancellationToken);
        }

        ConsumerConfig settings = new() { BootstrapServers = cluster.Bootstrap, GroupId = "g", AutoOffsetReset = AutoOffsetReset.Error };
        using IConsumer<Ignore, string> consumer = new ConsumerBuilder<Ignore, string>(settings).Build();
        consumer.Assign(new TopicPartitionOffset("events", 2, 1));
        Assert.Equal(["record 1", "record 2", "record 3", "record 4"], Enumerable.Range(0, 4).Select(_ => consumer.Consume(TimeSpan.FromSeconds(10)).Message.Value));
    }

    [Fact]
    public async Task The_mock_cluster_says_what_it_does_not_understand()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.TellAsync("nonsense"));
        await cluster.CreateTopicAsync("later", 1);
    }
}
