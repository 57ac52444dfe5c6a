using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>A worker that has no snapshots learns from the log that another wrote, and goes on live where that ends: with the state of one that was there all the time.</summary>
public class BackfillTests
{
    private const int Partitions = 2;

    [Fact]
    public async Task A_worker_that_learned_from_a_log_goes_on_live()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", Partitions));
        using TopicWriter writer = new(cluster.Bootstrap);
        using KafkaWorker first = new(cluster, "first"), second = new(cluster, "second");
        writer.SendRatings("events", Partitions, 0, 4000);
        await RunAsync(first, 4000);
        string[] logs = [.. Enumerable.Range(0, Partitions).Select(shard => File.ReadAllText(first.LogOf(shard)))];
        for (int shard = 0; shard < Partitions; shard++) await File.WriteAllTextAsync(Path.Combine(second.Folder, $"history-{shard}.jsonl"), logs[shard]);
        writer.SendRatings("events", Partitions, 4000, 2000);
        await RunAsync(first, 6000);
        string said = await RunAsync(second, 6000, "--backfill", Path.Combine(second.Folder, "history-{shard}.jsonl"));
        Assert.Contains("shard 1 has learned from its log, at event 2000", said, StringComparison.Ordinal);
        for (int shard = 0; shard < Partitions; shard++)
        {
            Assert.Equal(await File.ReadAllTextAsync(first.EventsOf(shard)), await File.ReadAllTextAsync(second.EventsOf(shard)));
            Assert.Equal(await File.ReadAllTextAsync(first.LogOf(shard)), await File.ReadAllTextAsync(second.LogOf(shard)));
            Assert.Equal(first.StateOf(shard), second.StateOf(shard));
        }

        // A third begins from the snapshots of the first, and has written nothing yet.
        using KafkaWorker third = new(cluster, "third");
        writer.SendRatings("events", Partitions, 6000, 100);
        await RunAsync(first, 6100);
        Assert.Contains("shard 0 restored from snapshot", await RunAsync(third, 0, "--from-snapshot", Path.Combine(first.Folder, "snapshots")), StringComparison.Ordinal);
        writer.SendRatings("events", Partitions, 6100, 100);
        await RunAsync(first, 6200);
        await RunAsync(third, 100);
        for (int shard = 0; shard < Partitions; shard++)
        {
            Assert.Equal(StagesOf(first, shard), StagesOf(third, shard));
            Assert.Equal(File.ReadLines(first.EventsOf(shard)).TakeLast(50), File.ReadLines(third.EventsOf(shard)));
        }

        // Once it is live, the option does nothing.
        Assert.Contains("is live since an earlier run", await RunAsync(second, 6200, "--backfill", Path.Combine(second.Folder, "history-{shard}.jsonl")), StringComparison.Ordinal);
    }

    /// <summary>The state without that of the sinks, which have their own files.</summary>
    private static string StagesOf(KafkaWorker worker, int shard) =>
        string.Join('\n', worker.StateOf(shard).Split('\n').Where(l => !l.Contains("-file ", StringComparison.Ordinal) && !l.Contains("record-log", StringComparison.Ordinal)));

    private static async Task<string> RunAsync(KafkaWorker worker, int records, params string[] more)
    {
        using StreamingProcess process = worker.Start(more);
        for (int shard = 0; records == 0 && shard < Partitions; shard++) Assert.True(await process.WaitErrorAsync($"shard {shard} restored from"));
        if (!await process.WaitAsync(() => worker.Lines(Partitions) >= records)) Assert.Fail($"It ended by itself: {(await process.EndAsync()).Error}");
        process.Signal(StreamingProcess.Terminate);
        ProcessResult ended = await process.EndAsync();
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(records, worker.Lines(Partitions));
        return ended.Error;
    }
}
