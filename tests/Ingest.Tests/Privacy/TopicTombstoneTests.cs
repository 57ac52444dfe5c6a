using System.Collections.Frozen;
using System.Text;
using Confluent.Kafka;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Kafka;
using Streaming.Ingest.Privacy;
using Streaming.Shared.Kafka;
using Xunit;

namespace Streaming.Ingest.Tests.Privacy;

public class TopicTombstoneTests
{
    [Fact]
    public async Task Every_partition_of_the_first_topic_gets_the_record()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("first", 3), ("second", 3));
        byte[] record = ForgottenList.Tombstone("alice", 1_700_000_000_000_000);
        Assert.Equal(3, await TopicTombstone.SendAsync(Options(), Settings(cluster.Bootstrap), record, TestContext.Current.CancellationToken));
        using IConsumer<Ignore, byte[]> consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = "g", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartitionOffset("first", p, Offset.Beginning)));
        HashSet<int> partitions = [];
        while (partitions.Count < 3)
        {
            ConsumeResult<Ignore, byte[]>? found = consumer.Consume(TimeSpan.FromSeconds(20));
            Assert.NotNull(found);
            Assert.Equal("{\"control\":\"forget\",\"user\":\"alice\",\"ts\":\"2023-11-14T22:13:20.000000Z\"}", Encoding.UTF8.GetString(found.Message.Value));
            Assert.True(partitions.Add(found.Partition.Value));
        }

        consumer.Close();
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_said()
    {
        Assert.SkipUnless(NativeLibrdkafka.IsAvailable, "librdkafka is not installed");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => TopicTombstone.SendAsync(Options(), Settings("127.0.0.1:1"), [1], TestContext.Current.CancellationToken));
    }

    private static SourceOptions Options()
    {
        SourceOptions options = new() { Type = SourceKind.Kafka };
        (options.Kafka.Topics, options.Kafka.ConnectSeconds) = (["first", "second"], 5);
        return options;
    }

    private static KafkaSettings Settings(string servers) =>
        KafkaSettings.None with { Common = new Dictionary<string, string> { ["bootstrap.servers"] = servers }.ToFrozenDictionary(StringComparer.Ordinal) };
}
