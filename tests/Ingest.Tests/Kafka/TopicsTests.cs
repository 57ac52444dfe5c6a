using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Kafka;
using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class TopicsTests
{
    [Fact]
    public async Task Two_topics_are_merged_by_time_and_a_silent_one_is_passed_over()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("clicks", 2), ("orders", 2));
        using TopicWriter writer = new(cluster.Bootstrap);
        for (int i = 0; i < 1000; i++)
        {
            // Two of three are clicks; each topic in the order of its times, with some equal ones between them.
            writer.Send(i % 3 == 0 ? "orders" : "clicks", i % 2, TopicWriter.Rating(i), 1_700_000_000_000 + (i / 4));
        }

        writer.Flush();
        SourceOptions options = Member.Options("clicks", "orders");
        options.Kafka.IdleSeconds = 0.5;
        await using Member member = new(cluster.Bootstrap, new MemberOwner(new Shelf(), keepRecords: true), options);
        await member.UntilAsync(() => member.Owner.Events == 1000, "merged");
        writer.Send("clicks", 0, TopicWriter.Rating(5000), 1_700_000_100_000);
        writer.Flush();
        await member.UntilAsync(() => member.Owner.Events == 1001, "passed over the silent one");
        await member.StopAsync();
        foreach (ShardReading reading in member.Owner.All)
        {
            List<(long Time, int Topic, int Place)> expected = [.. Enumerable.Range(0, 1000).Where(i => i % 2 == reading.Shard)
                .Select(i => (Time: 1_700_000_000_000L + (i / 4), Topic: i % 3 == 0 ? 1 : 0, Place: i)).Order()];
            Assert.Equal(expected.Select(e => (byte)e.Topic), reading.Taken().Take(expected.Count).Select(t => t.Topic));
            Assert.Equal(expected.Select(e => $"{(1_700_000_000L + e.Place) * 1_000_000} {e.Time * 1000}"), reading.Events.Take(expected.Count).Select(e => string.Join(' ', e.Split(' ')[^2..])));
            Assert.Equal(reading.Events.Count + reading.Controls.Count, reading.Position.Single.Records);
            Assert.Equal(reading.Records.Count, reading.Position.Single.Records);
            Assert.Equal(reading.Taken().GroupBy(t => t.Topic).OrderBy(g => g.Key).Select(g => g.Max(t => t.Offset) + 1), reading.Position.Single.Cursors.ToArray());
        }

        Assert.Contains(ControlKind.Idle, member.Owner.All.Single(s => s.Shard == 0).Controls);
    }

    [Fact]
    public async Task Topics_with_different_numbers_of_partitions_are_refused()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("clicks", 2), ("orders", 3));
        await using Member member = new(cluster.Bootstrap, new MemberOwner(new Shelf()), Member.Options("clicks", "orders"));
        SourceException failure = await Assert.ThrowsAsync<SourceException>(() => member.Done);
        Assert.Contains("clicks: 2, orders: 3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_with_other_topics_are_refused()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("clicks", 2), ("orders", 2));
        await using Member both = new(cluster.Bootstrap, new MemberOwner(new Shelf()), Member.Options("clicks", "orders"));
        await using Member half = new(cluster.Bootstrap, new MemberOwner(new Shelf()), Member.Options("clicks"), "g", ("partition.assignment.strategy", "range"));
        SourceException failure = await Assert.ThrowsAsync<SourceException>(() => both.Done);
        Assert.Contains("Every process of the group must have the same Source:Kafka:Topics", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cloud_events_are_read_in_both_modes_and_a_shard_can_begin_with_what_comes()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        writer.Send("events", 0, "{}");
        writer.Flush();
        SourceOptions options = Member.Options("events");
        (options.Format, options.Kafka.Start, options.MaxBadRatio) = ("cloudevents", KafkaStart.Latest, 1);
        await using Member member = new(cluster.Bootstrap, new MemberOwner(new Shelf(), keepRecords: true), options);
        await member.UntilAsync(() => member.Source.IsReady, "assigned");
        (string, string)[] attributes = [("ce_specversion", "1.0"), ("ce_id", "e\"1"), ("ce_source", "/shop"), ("ce_type", "rating"), ("ce_time", "2023-11-14T22:13:20Z"), ("content-type", "application/json")];
        writer.Send("events", 0, """{"specversion":"1.0","id":"1","source":"/shop","type":"rating","data":{"user":"u","item":"i","value":1,"ts":1700000000}}""", 5, ("content-type", "application/cloudevents+json"));
        writer.Send("events", 0, """{"user":"v","item":"j","value":2}""", 6, attributes);
        writer.Send("events", 0, """{"user":"v","item":"j","value":2}""", 7, attributes[1..]);
        writer.Send("events", 0, null, 8, attributes);
        writer.Send("events", 0, "rubbish", 9, attributes);
        writer.Flush();
        await member.UntilAsync(() => member.Owner.Shards[0].Position.Single.Records == 5, "all read");
        await member.StopAsync();
        ShardReading reading = Assert.Single(member.Owner.All);
        Assert.Equal(["0/0/1 u i 1 1700000000000000 5000", "0/0/2 v j 2 1700000000000000 6000"], reading.Events);
        Assert.Equal("""0/0/2/6000 {"specversion":"1.0","id":"e\"1","source":"/shop","type":"rating","time":"2023-11-14T22:13:20Z","data":{"user":"v","item":"j","value":2}}""", reading.Records[1]);
        Assert.Equal(["missing-field specversion", "malformed"], reading.Rejections.Select(r => string.Join(' ', r.Split(' ')[1..3]).TrimEnd()));
        Assert.Equal(1, reading.Position.Single.Filtered);
    }
}
