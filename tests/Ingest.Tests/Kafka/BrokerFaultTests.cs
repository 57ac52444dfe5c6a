using Streaming.Abstractions.Sources;
using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class BrokerFaultTests
{
    [Fact]
    public async Task A_broker_that_goes_and_comes_back_costs_nothing_but_time()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        writer.SendRatings("events", 1, 0, 50);
        Shelf shelf = new();
        await using Member member = new(cluster.Bootstrap, new MemberOwner(shelf), Member.Options("events"), "g", ("statistics.interval.ms", "100"));
        await member.UntilAsync(() => member.Owner.Events == 50, "read");
        await member.UntilAsync(() => member.Source is { Brokers: { Up: 1, Down: 0 }, Counts.Connects: > 0 }, "seen up");
        await cluster.DownAsync(1);
        await member.UntilAsync(() => member.Source.Counts.Errors > 1, "noticed");
        await member.UntilAsync(() => member.Source is { Brokers: { Up: 0, Down: 1 }, Counts.Disconnects: > 0 }, "seen down");
        await cluster.UpAsync(1);
        writer.SendRatings("events", 1, 50, 50);
        await member.UntilAsync(() => member.Owner.Shards.Values.Sum(s => s.Events.Count) >= 100, "read on");
        await member.UntilAsync(() => member.Source.Brokers is { Up: 1, Down: 0 }, "seen up again");
        Assert.True(member.Source.Counts.Connects > 1);
        await member.StopAsync();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), shelf.Learned(0));
        Assert.True(member.Said.Count(s => s.Contains("goes on trying", StringComparison.Ordinal)) <= member.Source.Counts.Errors);
        Assert.Empty(shelf.Violations);
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_at_the_start_end_the_run()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        await cluster.DownAsync(1);
        SourceOptions options = Member.Options("events");
        options.Kafka.ConnectSeconds = 1;
        await using Member member = new(cluster.Bootstrap, new MemberOwner(new Shelf()), options);
        BrokerUnreachableException failure = await Assert.ThrowsAsync<BrokerUnreachableException>(() => member.Done);
        Assert.Contains("Kafka:bootstrap.servers has answered within 1 s", failure.Message, StringComparison.Ordinal);
        Assert.Empty(member.Owner.Calls);
    }

    [Fact]
    public async Task A_stop_is_honoured_while_no_broker_answers()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        await cluster.DownAsync(1);
        await using Member member = new(cluster.Bootstrap, new MemberOwner(new Shelf()), Member.Options("events"));
        await member.StopAsync();
        Assert.False(member.Source.IsReady);
    }
}
