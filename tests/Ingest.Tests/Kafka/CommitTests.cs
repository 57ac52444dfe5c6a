using Confluent.Kafka;
using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class CommitTests
{
    private const int OffsetCommit = 8;
    private const int OffsetMetadataTooLarge = 12;

    [Fact]
    public async Task Offsets_are_committed_after_snapshots_and_a_commit_that_fails_is_only_news()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 2));
        using TopicWriter writer = new(cluster.Bootstrap);
        writer.SendRatings("events", 2, 0, 100);
        await using Member member = new(cluster.Bootstrap, new MemberOwner(new Shelf()), Member.Options("events"));
        await member.UntilAsync(() => member.Owner.Events == 100, "all read");
        Assert.Equal([Offset.Unset, Offset.Unset], Committed(cluster));
        await cluster.FailAsync(OffsetCommit, OffsetMetadataTooLarge);
        Acknowledge(member, 0);
        await member.UntilAsync(() => member.Source.Counts.CommitFailures == 1, "failed");
        Assert.Contains(member.Said, s => s.Contains("offsets could not be committed", StringComparison.Ordinal));
        Assert.False(member.Done.IsCompleted);

        Acknowledge(member, 0);
        Acknowledge(member, 1);
        member.Source.Acknowledge(7, member.Owner.Shards[0].Position); // another's: never committed
        await member.UntilAsync(() => Committed(cluster) is [{ Value: 50 }, { Value: 50 }], "committed");
        writer.SendRatings("events", 2, 100, 100);
        await member.UntilAsync(() => member.Owner.Events == 200, "read on");
        await member.StopAsync();
        Assert.Equal(1, member.Source.Counts.CommitFailures);
        Assert.True(member.Source.Counts.Commits is 1 or 2); // both at once, or one after the other
    }

    private static void Acknowledge(Member member, int shard) => member.Source.Acknowledge(shard, member.Owner.Shards[shard].Position);

    private static List<Offset> Committed(MockCluster cluster)
    {
        using IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = "g" }).Build();
        return [.. consumer.Committed([new TopicPartition("events", 0), new TopicPartition("events", 1)], TimeSpan.FromSeconds(10)).Select(o => o.Offset)];
    }
}
