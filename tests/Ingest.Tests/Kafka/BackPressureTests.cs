using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class BackPressureTests
{
    [Fact]
    public async Task A_slow_shard_is_paused_and_the_group_not_left_however_long_it_takes()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 2));
        using TopicWriter writer = new(cluster.Bootstrap);
        SourceOptions options = Member.Options("events");
        options.Kafka.QueueRecords = 100;
        Shelf shelf = new();
        await using Member member = new(cluster.Bootstrap, new MemberOwner(shelf), options, "g", ("max.poll.interval.ms", "5000"));
        member.Owner.Gate.Reset();
        writer.SendRatings("events", 2, 0, 10_000);
        await member.UntilAsync(() => member.Source.Counts.Pauses >= 2, "paused");
        long records = member.Source.Counts.Records;
        Assert.True(records < 1000, $"{records} records were fetched for 200");
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken); // beyond the longest time between two polls
        Assert.All(member.Source.Lanes, lane => Assert.Equal((true, 5000L, "events"), (lane.IsPaused, lane.End, lane.Name))); // where it ends is known although nothing is fetched
        Assert.All(member.Source.Lanes, lane => Assert.True(lane.Records >= 100 && lane.Bytes > 0));
        Assert.Equal([0, 1], member.Source.Lanes.Select(lane => lane.Shard));
        Assert.Equal((1L, 0L, records), (member.Source.Counts.Rebalances, member.Source.Counts.Lost, member.Source.Counts.Records));
        member.Owner.Gate.Set();
        await member.UntilAsync(() => member.Owner.Events == 10_000, "all read");
        await member.UntilAsync(() => member.Source.Lanes.All(lane => lane is { IsPaused: false, Records: 0 }), "resumed");
        Assert.Equal(member.Source.Counts.Pauses, member.Source.Counts.Resumes);
        await member.StopAsync();
        for (int shard = 0; shard < 2; shard++) Assert.Equal(Enumerable.Range(0, 5000).Select(i => (long)i), shelf.Learned(shard));
        Assert.All(member.Owner.All, s => Assert.Equal(Enumerable.Range(0, 5000).Select(i => (long)i), s.Taken().Select(t => t.Offset)));
        Assert.Equal(0, member.Source.Counts.Dropped);
        Assert.Empty(member.Source.Lanes);
    }
}
