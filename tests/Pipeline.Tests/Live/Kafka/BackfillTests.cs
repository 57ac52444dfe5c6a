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

        // Once it is live, the option does nothing.
        writer.SendRatings("events", Partitions, 6000, 100);
        Assert.Contains("is live since an earlier run", await RunAsync(second, 6100, "--backfill", Path.Combine(second.Folder, "history-{shard}.jsonl")), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(KafkaWorker worker, int records, params string[] more)
    {
        using StreamingProcess process = worker.Start(more);
        if (!await process.WaitAsync(() => worker.Lines(Partitions) >= records)) Assert.Fail($"It ended by itself: {(await process.EndAsync()).Error}");
        process.Signal(StreamingProcess.Terminate);
        ProcessResult ended = await process.EndAsync();
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(records, worker.Lines(Partitions));
        return ended.Error;
    }
}
