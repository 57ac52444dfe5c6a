using Streaming.Abstractions.Sources;
using Streaming.Shared.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

/// <summary>The mock cluster keeps 5 MiB of a partition: what is older is gone.</summary>
public class OutOfRangeTests
{
    private static readonly string Large = $$"""{"user":"u","item":"i","pad":"{{new string('x', 20_000)}}"}""";

    [Fact]
    public async Task A_snapshot_that_stands_at_offsets_that_are_gone_ends_the_run_with_what_to_do()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        Fill(writer, 600);
        Shelf shelf = new();
        SourcePosition gone = new();
        gone.Single.MoveCursor(0, 1);
        shelf.Put(0, gone, Streaming.Shared.State.StateBytes.Save(new Ingest.Joining.RewardJoin(new Ingest.Joining.JoinOptions())), []);
        await using Member member = new(cluster.Bootstrap, new MemberOwner(shelf), Member.Options("events"));
        SourceException failure = await Assert.ThrowsAsync<SourceException>(() => member.Done);
        Assert.Contains("Topic events, partition 0: the state stands at offset 1, but the broker has ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("without the snapshot", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, member.Owner.Events);
        Assert.Empty(member.Owner.Shards);
    }

    [Fact]
    public async Task Offsets_that_are_dropped_while_a_shard_is_slow_end_the_run_and_are_not_passed_over()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        SourceOptions options = Member.Options("events");
        options.Kafka.QueueRecords = 2;
        await using Member member = new(cluster.Bootstrap, new MemberOwner(new Shelf(), batchSize: 2), options);
        member.Owner.Gate.Reset();
        Fill(writer, 20);
        await member.UntilAsync(() => member.Source.Counts.Pauses > 0, "paused");
        Fill(writer, 600);
        member.Owner.Gate.Set();
        SourceException failure = await Assert.ThrowsAsync<SourceException>(() => member.Done);
        Assert.Contains("Topic events, partition 0: the state stands at offset ", failure.Message, StringComparison.Ordinal);
        ShardReading reading = Assert.Single(member.Owner.All);
        Assert.Equal(Enumerable.Range(0, reading.Events.Count).Select(i => (long)i), reading.Taken().Select(t => t.Offset));
        Assert.Contains("revoke 0", member.Owner.Calls);
    }

    private static void Fill(TopicWriter writer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            writer.Send("events", 0, Large);
            if (i % 20 == 19) writer.Flush(); // many message sets, so that the oldest can be dropped
        }

        writer.Flush();
    }
}
