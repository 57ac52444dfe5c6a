using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>
/// Processes that share a group and a folder come and go while records flow. Every shard ends with the state, byte for byte, of one process that nobody disturbed, and no shard
/// ever has two owners.
/// </summary>
public class RebalanceTests
{
    private const int Partitions = 4;

    [Fact]
    public async Task Two_workers_then_three_then_two_then_one_after_a_kill_end_as_one_alone()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", Partitions));
        using KafkaWorker group = new(cluster, "group"), undisturbed = new(cluster, "undisturbed");
        await using OwnershipWatch owners = new(group, Partitions);
        await using RecordFlow flow = new(cluster, Partitions, 1000);
        using StreamingProcess first = group.Start(), second = group.Start();
        await group.UntilAsync(first, flow.Ends());
        using StreamingProcess third = group.Start();
        if (!await third.WaitErrorAsync(" assigned")) Assert.Fail($"It ended by itself: {(await third.EndAsync()).Error}");
        await group.UntilAsync(first, flow.Ends());
        owners.Add(first.Id, await KafkaWorker.StopAsync(first));
        await group.UntilAsync(second, flow.Ends());
        third.Kill();
        ProcessResult killed = await third.EndAsync();
        Assert.Equal(StreamingProcess.Killed, killed.Code);
        owners.Add(third.Id, killed);
        long[] ends = await flow.StopAsync();
        await group.UntilAsync(second, ends);
        owners.Add(second.Id, await KafkaWorker.StopAsync(second));
        await undisturbed.RunAsync(ends);
        await group.AssertIsAsAsync(undisturbed, Partitions);
        Assert.True(await owners.AssertAsync() > Partitions + 2);
    }
}
