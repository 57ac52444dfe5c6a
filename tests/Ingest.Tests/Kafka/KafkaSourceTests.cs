using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class KafkaSourceTests
{
    [Fact]
    public async Task Every_partition_is_read_in_its_order_and_resumed_at_its_cursor()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(2, ("events", 3));
        using TopicWriter writer = new(cluster.Bootstrap);
        writer.SendRatings("events", 3, 0, 3000);
        Shelf shelf = new();
        await using (Member first = new(cluster.Bootstrap, new MemberOwner(shelf), Member.Options("events")))
        {
            await first.UntilAsync(() => first.Owner.Events == 3000, "all read");
            Assert.True(first.Source.IsReady);
            await first.StopAsync();
            foreach (ShardReading reading in first.Owner.All)
            {
                Assert.Equal(Enumerable.Range(0, 1000).Select(i => Expected(reading.Shard, i, i)), reading.Events);
                Assert.Equal([1000L], reading.Position.Single.Cursors.ToArray());
                Assert.Equal((1000L, reading.Shard), (reading.Position.Single.Records, reading.Position.Single.Partition));
                Assert.Equal(0, reading.RentedAtTheEnd);
            }
        }

        writer.SendRatings("events", 3, 3000, 300);
        await using Member second = new(cluster.Bootstrap, new MemberOwner(shelf, "two"), Member.Options("events"));
        await second.UntilAsync(() => second.Owner.Events == 300, "the rest read");
        await second.StopAsync();
        foreach (ShardReading reading in second.Owner.All) Assert.Equal(Enumerable.Range(1000, 100).Select(i => Expected(reading.Shard, i, i)), reading.Events);
        Assert.Empty(shelf.Violations);
        Assert.Equal(3300, shelf.LearnedInAll);
    }

    private static string Expected(int shard, int offset, int place)
    {
        int i = (place * 3) + shard;
        return $"0/{shard}/{offset} u{i % 97} i{i % 31} {1 + (i % 5)} {(1_700_000_000L + i) * 1_000_000} {(1_700_000_000_000L + i) * 1000}";
    }
}
