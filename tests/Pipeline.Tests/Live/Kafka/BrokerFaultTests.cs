using System.Diagnostics;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>What brokers do to a worker: what passes changes no number; what does not ends it with a code and a message that say what to do.</summary>
public class BrokerFaultTests
{
    private const int Partitions = 2;
    private const int OffsetCommit = 8;
    private const int Heartbeat = 12;
    private const int IllegalGeneration = 22;
    private const int UnknownMember = 25;
    private const int RebalanceInProgress = 27;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Faults_that_pass_while_records_flow_change_nothing()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", Partitions));
        using KafkaWorker faulty = new(cluster, "faulty"), undisturbed = new(cluster, "undisturbed");
        await using RecordFlow flow = new(cluster, Partitions, 1000);
        using StreamingProcess process = faulty.Start();
        await faulty.UntilAsync(process, [1, 1]);

        await UntilSaidAsync(process, "goes on trying", () => cluster.DownAsync(1));
        await cluster.UpAsync(1);
        await faulty.UntilAsync(process, flow.Ends());

        await cluster.LeadAsync("events", 0, -1);
        await Task.Delay(Outage);
        await cluster.LeadAsync("events", 0, 1);
        await faulty.UntilAsync(process, flow.Ends());

        await cluster.RoundTripAsync(1, 400);
        await Task.Delay(Outage);
        await cluster.RoundTripAsync(1, 0);
        await faulty.UntilAsync(process, flow.Ends());

        await UntilSaidAsync(process, "group generation id is not valid", () => cluster.FailAsync(OffsetCommit, IllegalGeneration));
        await UntilSaidAsync(process, "Group rebalance in progress", () => cluster.FailAsync(OffsetCommit, RebalanceInProgress));
        await UntilSaidAsync(process, "shard 0 lost", () => cluster.FailAsync(Heartbeat, UnknownMember));

        long[] ends = await flow.StopAsync();
        await faulty.UntilAsync(process, ends);
        ProcessResult stopped = await KafkaWorker.StopAsync(process);
        Assert.Contains($"stopped: exit code 0, {ends.Sum()} events in all", stopped.Error, StringComparison.Ordinal);
        await undisturbed.RunAsync(ends);
        await faulty.AssertIsAsAsync(undisturbed, Partitions);
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_at_the_start_end_the_worker_with_69()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using KafkaWorker worker = new(cluster, "unreachable");
        await cluster.DownAsync(1);
        long begin = Stopwatch.GetTimestamp();
        using StreamingProcess process = worker.Start("--set", "Source:Kafka:ConnectSeconds=2");
        ProcessResult ended = await process.EndAsync();
        Assert.True(ended.Code == 69, $"It ended with {ended.Code}: {ended.Error}");
        Assert.Contains("No broker of Kafka:bootstrap.servers has answered within 2 s", ended.Error, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(begin).TotalSeconds, 2, 15);
    }

    [Fact]
    public async Task Offsets_that_are_gone_end_the_worker_with_74_and_their_place()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        using KafkaWorker worker = new(cluster, "late");
        writer.SendRatings("events", 1, 0, 1000);
        await worker.RunAsync([1000]);
        string state = worker.StateOf(0);
        for (int i = 0; i < 12; i++) writer.SendBytes("events", 0, new byte[500_000]); // the cluster keeps 5 MiB
        writer.Flush();
        using StreamingProcess process = worker.Start();
        ProcessResult ended = await process.EndAsync();
        Assert.True(ended.Code == 74, $"It ended with {ended.Code}: {ended.Error}");
        Assert.Contains("Topic events, partition 0: the state stands at offset 1000, but the broker has 10", ended.Error, StringComparison.Ordinal);
        Assert.Equal(state, worker.StateOf(0));
        Assert.Equal(1000, worker.Lines(1));
    }

    /// <summary>Brings a fault about, and waits until the worker says so once more than before.</summary>
    private static async Task UntilSaidAsync(StreamingProcess process, string text, Func<Task> fault)
    {
        int before = Times(process, text);
        await fault();
        if (!await process.WaitAsync(() => Times(process, text) > before)) Assert.Fail($"It ended by itself: {(await process.EndAsync()).Error}");
    }

    private static int Times(StreamingProcess process, string text) => process.Said.Split(text).Length - 1;
}
