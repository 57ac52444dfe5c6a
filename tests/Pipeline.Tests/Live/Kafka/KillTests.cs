using Streaming.Abstractions.Randomness;
using Streaming.Shared.Files;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>
/// A worker that is killed again and again while records come ends with the same state, byte for byte, and the same events, as one that nobody touched; and the log it wrote
/// gives the same events when it is replayed.
/// </summary>
public class KillTests
{
    private const int Partitions = 2;
    private const int Kills = 15;
    private const int Records = 40_000;

    [Fact]
    public async Task Fifteen_kills_change_nothing()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", Partitions));
        using TopicWriter writer = new(cluster.Bootstrap);
        using KafkaWorker killed = new(cluster, "killed"), undisturbed = new(cluster, "undisturbed");
        CounterRng chance = new(17, 1);
        int sent = 0;
        void Send(int records)
        {
            int bad = sent + (records / 2);
            writer.SendRatings("events", Partitions, sent, records);
            writer.Send("events", bad % Partitions, "{\"user\":\"u\",\"item\":", 1_700_000_000_000 + bad);
            writer.Flush();
            sent += records;
        }

        for (int kill = 0; kill < Kills; kill++)
        {
            using StreamingProcess worker = killed.Start();
            long before = killed.Lines(Partitions), target = before + 1 + (long)chance.NextBelow(1500);
            Send(Records / (Kills + 1));
            if (!await worker.WaitAsync(() => killed.Lines(Partitions) >= Math.Min(target, sent))) Assert.Fail($"It ended by itself: {(await worker.EndAsync()).Error}");
            worker.Kill();
            Assert.Equal(StreamingProcess.Killed, (await worker.EndAsync()).Code);
        }

        Send(Records - sent);
        long[] each = [sent / Partitions, sent / Partitions];
        await Task.WhenAll(killed.RunAsync(each), undisturbed.RunAsync(each));
        await killed.AssertIsAsAsync(undisturbed, Partitions);
        for (int shard = 0; shard < Partitions; shard++) await ReplayAsync(undisturbed, shard);
    }

    /// <summary>The log of a shard, as a file, through the same stages: the same line for every event.</summary>
    private static async Task ReplayAsync(KafkaWorker worker, int shard)
    {
        using TemporaryFolder folder = new();
        ProcessResult replay = await StreamingProcess.RunAsync(
            "replay", worker.LogOf(shard), "--pipeline", worker.PipelineFile, "--no-progress", "--set", "Source:Order=file", "--checkpoint", folder.File("snapshots"), "--events", folder.File("events.jsonl"));
        Assert.True(replay.Code == 0, replay.Error);
        Assert.Equal(await File.ReadAllTextAsync(worker.EventsOf(shard)), await File.ReadAllTextAsync(folder.File("events.jsonl")));
    }
}
