using Confluent.Kafka;
using Streaming.Abstractions.Sources;
using Streaming.Host.Snapshots;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>A worker that is stopped under load ends with 0 and a snapshot of all it has taken; its successor does nothing again.</summary>
public class StopTests
{
    private const int Stops = 3;

    [Fact]
    public async Task A_stop_under_load_leaves_nothing_to_do_again()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using KafkaWorker worker = new(cluster, "stopped");
        await using RecordFlow flow = new(cluster, 1, 3000);
        long lines = 0;
        for (int stop = 0; stop < Stops; stop++)
        {
            using StreamingProcess process = worker.Start("--set", "Worker:ShutdownSeconds=10");
            await worker.UntilAsync(process, [lines + 1000]);
            ProcessResult ended = await KafkaWorker.StopAsync(process);
            Assert.True(flow.Sent > (lines = worker.Lines(1)), "There was no load.");
            Assert.Contains($"shard 0 revoked at record {lines}", ended.Error, StringComparison.Ordinal);
            PartitionPosition position = PositionOf(worker.SnapshotsOf(0));
            Assert.Equal((lines, lines, lines), (position.Events, position.Records, position.Cursors[0]));
            Assert.Equal(lines, CommittedBy(cluster.Bootstrap));
        }

        long[] ends = await flow.StopAsync();
        await worker.RunAsync(ends);
        Assert.Equal(Enumerable.Range(0, (int)ends[0]).Select(o => (long)o), EventsFile.Offsets(worker.EventsOf(0)));
    }

    private static PartitionPosition PositionOf(string folder)
    {
        SourcePosition position = new();
        LoadedSnapshot snapshot = new SnapshotStore(folder, 3).LoadNewest(_ => { })!;
        SnapshotRestorer.Restore(snapshot with { Sections = snapshot.Sections.Where(s => s.Key == SnapshotCoordinator.SourceSection).ToDictionary() }, [(SnapshotCoordinator.SourceSection, new PositionState(position))], _ => { });
        return position.Single;
    }

    /// <summary>Where tools that show lag believe the group to be.</summary>
    private static long CommittedBy(string bootstrap)
    {
        using IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "stopped" }).Build();
        return consumer.Committed([new TopicPartition("events", 0)], TimeSpan.FromSeconds(20)).Single().Offset.Value;
    }
}
