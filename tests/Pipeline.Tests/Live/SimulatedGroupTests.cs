using Streaming.Host.Configuration;
using Streaming.Shared.Files;
using Streaming.Shared.Time;
using Xunit;

namespace Streaming.Pipeline.Tests.Live;

/// <summary>
/// Whatever happens to a group of workers, every shard ends with the state, byte for byte, of one process that read its partition undisturbed: nothing is lost, nothing
/// is learned twice, and no number depends on where batches end, when snapshots are cut, or who has the shard.
/// </summary>
public class SimulatedGroupTests
{
    private const string Pipeline = """
        {
          "Source": { "BatchSize": 64, "MaxBadRatio": 1, "Join": { "WindowSeconds": 50 } },
          "Snapshots": { "Every": 300 },
          "Worker": { "ViewEvery": 50 },
          "Stages": {
            "recent": { "Type": "count-window", "Size": 100 },
            "taste": { "Type": "count-window", "Key": "user", "Size": 5, "Keys": 20 },
            "top": { "Type": "space-saving", "Key": "item", "Capacity": 16 },
            "mf": { "Type": "biased-mf", "Factors": 4, "Users": 32, "Items": 32 },
            "isgd": { "Type": "isgd", "Factors": 4, "Users": 32, "Items": 32, "HistoryEntries": 200 },
            "thompson": { "Type": "thompson" },
            "lin-ucb": { "Type": "lin-ucb", "Dimensions": 8, "MaxBytes": 1048576 },
            "drift": { "Type": "adwin", "Watch": "mf.loss" },
            "error": { "Type": "rating-error", "Model": "mf" },
            "rank": { "Type": "ranking", "Model": "isgd" }
          }
        }
        """;

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, Environment.GetEnvironmentVariable("STREAMING_SOAK") == "1" ? 500 : 10)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Twenty_stories_end_as_if_nothing_had_happened(int block)
    {
        PipelineConfiguration configuration = Configuration();
        for (int i = 0; i < 20; i++) await TellAsync(configuration, (ulong)((block * 20) + i));
    }

    private static async Task TellAsync(PipelineConfiguration configuration, ulong seed)
    {
        await using SimulatedGroup group = new(configuration, seed, partitions: 3);
        try
        {
            await group.RunAsync(actions: 40).WaitAsync(TimeSpan.FromMinutes(1));
            for (int partition = 0; partition < group.Broker.Partitions; partition++)
            {
                using TemporaryFolder undisturbed = new();
                await using SimulatedProcess process = new("undisturbed", group.Broker, configuration, undisturbed.Path, 0, new ManualClock());
                await process.AssignAsync(partition);
                await group.Broker.WhenDrainedAsync(partition);
                await process.Supervisor.RevokeAsync(partition);
                Assert.Null(process.Supervisor.Fault);
                Assert.Equal(SimulatedGroup.StateOf(undisturbed.Path, partition), SimulatedGroup.StateOf(group.Folder, partition));
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}:\n{string.Join('\n', group.Story)}", e);
        }
    }

    private static PipelineConfiguration Configuration()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("pipeline.json"), Pipeline);
        return PipelineConfiguration.Load(new ConfigurationLayers(folder.File("pipeline.json"), [new("Snapshots:Directory", "unused")]) { Logs = ["-"] });
    }
}
