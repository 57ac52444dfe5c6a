using Streaming.Host.Configuration;
using Streaming.Host.Replay;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Pipeline.Tests.Memory;

/// <summary>In steady state nothing is allocated for an event: a longer stream allocates no more than a shorter one, but for a little per batch.</summary>
[Collection(nameof(Alone))]
public class AllocationTests
{
    /// <summary>
    /// A block that has run empty starts a new task for the next batch, and so does whoever waited for it: a cost of the batch, whatever number of events it has,
    /// and some tens of bytes a block as threads happen to meet. A batch of 1,024 events that allocated one object each would take twenty times as much.
    /// </summary>
    private const int BytesPerBlock = 120;

    /// <summary>What short chains are allowed: they wait for each other more often.</summary>
    private const int BytesPerBatch = 1500;

    /// <summary>Blocks beside those of the stages: the source's hand-over, the fan-out, the report's sink.</summary>
    private const int OtherBlocks = 3;

    [Theory]
    [InlineData("explicit.json", "ratings")]
    [InlineData("ranking.json", "ratings")]
    [InlineData("bandit.json", "recsys")]
    [InlineData("everything.json", "recsys")]
    public async Task A_stream_twice_as_long_allocates_nothing_more_per_event(string sample, string log)
    {
        const long Short = 100_000, Long = 300_000;
        await AllocatedAsync(sample, log, Short); // warms up code and pools
        long few = await AllocatedAsync(sample, log, Short), many = await AllocatedAsync(sample, log, Long);
        double perBatch = (many - few) / ((Long - Short) / 1024.0), allowed = Math.Max(BytesPerBatch, BytesPerBlock * (Load(sample, log, Long).Plan.Stages.Length + OtherBlocks));
        Assert.True(perBatch <= allowed, $"{perBatch:F0} bytes are allocated a batch, {perBatch / 1024:F2} an event");
    }

    private static PipelineConfiguration Load(string sample, string log, long events)
    {
        // Everybody is there from the start: no table grows after the first part of the stream, which both lengths have.
        (string, string)[] settings =
        [
            ("Source:Type", "synthetic"), ("Source:Synthetic:Type", log), ("Source:Synthetic:Events", "400000"), ("Source:Synthetic:InitialShare", "1"), ("Source:Synthetic:Users", "500"),
            ("Source:Synthetic:Items", "300"), ("Source:Limit", events.ToString()),
        ];
        return PipelineConfiguration.Load(new ConfigurationLayers(
            Path.Combine(SharedData.Root, "samples", sample), [.. settings.Select(s => KeyValuePair.Create(s.Item1, (string?)s.Item2))]));
    }

    private static async Task<long> AllocatedAsync(string sample, string log, long events)
    {
        ReplayPipeline pipeline = new(Load(sample, log, events), TimeProvider.System, _ => { });
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await pipeline.RunAsync(CancellationToken.None);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}

/// <summary>Tests that measure the whole process: nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
