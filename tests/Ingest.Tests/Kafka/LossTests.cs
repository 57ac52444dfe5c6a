using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class LossTests
{
    private const int Heartbeat = 12;
    private const int UnknownMember = 25;

    [Fact]
    public async Task A_member_that_the_group_gave_up_writes_nothing_and_reads_again_what_it_has_no_snapshot_of()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        writer.SendRatings("events", 1, 0, 100);
        Shelf shelf = new();
        await using Member member = new(cluster.Bootstrap, new MemberOwner(shelf), Member.Options("events"));
        await member.UntilAsync(() => member.Owner.Events == 100, "all read");
        await cluster.FailAsync(Heartbeat, UnknownMember);
        await member.UntilAsync(() => member.Owner.Calls.Count == 3 && member.Owner.Events == 200 && member.Source.IsReady, "read again");
        Assert.Equal(0, shelf.LearnedInAll);
        await member.StopAsync();
        Assert.Equal(["assign 0", "lose 0", "assign 0", "revoke 0"], member.Owner.Calls);
        Assert.Equal(1, member.Source.Counts.Lost);
        Assert.Equal(100, shelf.LearnedInAll);
        Assert.Contains(member.Said, s => s.Contains("the group took shards 0 away", StringComparison.Ordinal));
        Assert.Empty(shelf.Violations);
    }

    [Fact]
    public async Task A_member_without_a_share_is_ready_and_takes_over_a_shard_that_was_paused()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        SourceOptions options = Member.Options("events");
        options.Kafka.QueueRecords = 50;
        Shelf shelf = new();
        await using Member first = new(cluster.Bootstrap, new MemberOwner(shelf, "first"), options), second = new(cluster.Bootstrap, new MemberOwner(shelf, "second"), options);
        await first.UntilAsync(() => first.Source.IsReady && second.Source.IsReady, "ready");
        (Member has, Member waits) = first.Owner.Shards.IsEmpty ? (second, first) : (first, second);
        Assert.Single(has.Owner.Shards);
        Assert.Empty(waits.Owner.Shards);
        has.Owner.Gate.Reset();
        writer.SendRatings("events", 1, 0, 1000);
        await has.UntilAsync(() => has.Source.Counts.Pauses == 1, "paused");
        await has.StopAsync();
        await waits.UntilAsync(() => waits.Owner.Shards.Count == 1 && waits.Source.IsReady && shelf.LearnedInAll + waits.Owner.Events == 1000, "taken over");
        await waits.StopAsync();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), shelf.Learned(0));
        Assert.Empty(shelf.Violations);
    }
}
