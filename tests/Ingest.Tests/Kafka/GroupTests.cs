using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

/// <summary>Two members, then three, then two: at all times a shard has one owner, and in the end every record was learned exactly once.</summary>
public abstract class GroupTests(string strategy)
{
    private const int Shards = 6;

    [Fact]
    public async Task Members_come_and_go_and_every_record_is_learned_once_by_one_owner()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", Shards));
        using TopicWriter writer = new(cluster.Bootstrap);
        Shelf shelf = new();
        Member Join(string name) => new(cluster.Bootstrap, new MemberOwner(shelf, name), Member.Options("events"), "g", ("partition.assignment.strategy", strategy));
        writer.SendRatings("events", Shards, 0, 600);
        await using Member one = Join("one"), two = Join("two");
        await one.UntilAsync(() => one.Owner.Shards.Count == 3 && two.Owner.Shards.Count == 3 && one.Source.IsReady && two.Source.IsReady, "shared by two");
        await using Member three = Join("three");
        writer.SendRatings("events", Shards, 600, 600);
        await three.UntilAsync(() => three.Owner.Shards.Count == 2 && one.Owner.Shards.Count + two.Owner.Shards.Count == 4, "shared by three");
        writer.SendRatings("events", Shards, 1200, 600);
        await three.UntilAsync(() => three.Owner.Events > 0, "read by the third");
        await three.StopAsync();
        await one.UntilAsync(() => one.Owner.Shards.Count == 3 && two.Owner.Shards.Count == 3, "shared by two again");
        writer.SendRatings("events", Shards, 1800, 600);
        await one.UntilAsync(() => shelf.LearnedInAll + one.Owner.Shards.Values.Concat(two.Owner.Shards.Values).Sum(s => s.Events.Count) == 2400, "all read");
        await Task.WhenAll(one.StopAsync(), two.StopAsync());
        Assert.Empty(shelf.Violations);
        Assert.Empty(shelf.Owners);
        for (int shard = 0; shard < Shards; shard++) Assert.Equal(Enumerable.Range(0, 400).Select(i => (long)i), shelf.Learned(shard));
        Assert.All(new[] { one, two, three }, m => Assert.Equal((0L, 0L), (m.Source.Counts.Lost, m.Source.Counts.Dropped)));
        Assert.All(new[] { one, two, three }.SelectMany(m => m.Owner.All), s => Assert.Equal(0, s.RentedAtTheEnd));
    }
}

public class CooperativeGroupTests() : GroupTests("cooperative-sticky");

public class RangeGroupTests() : GroupTests("range");
