using System.Globalization;
using System.Text.Json.Nodes;
using Streaming.Abstractions.Randomness;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Process;

/// <summary>
/// The whole program, ended by SIGKILL while it writes snapshots and events, and started again: it ends as one that nothing happened to.
/// </summary>
public class PullThePlugTests
{
    private const int Every = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_killed_process_that_is_started_again_ends_as_if_nothing_had_happened(int round)
    {
        CounterRng rng = new(11, (ulong)round);
        using TemporaryFolder whole = new(), folder = new();
        for (int kill = 0; kill < 2; kill++) await KillAsync(folder, NewestSnapshot(folder) + 3 + (long)rng.NextBelow(12), resume: kill > 0);

        // The log has no end that a killed run could reach; how much of it counts is settled now.
        string limit = ((NewestSnapshot(folder) * Every) + 2_500).ToString(CultureInfo.InvariantCulture);
        ProcessResult resumed = await StreamingProcess.RunAsync([.. Replay(folder), "--resume", "--limit", limit]);
        Assert.Equal(0, resumed.Code);
        Assert.Contains("resumed from snapshot ", resumed.Error, StringComparison.Ordinal);
        ProcessResult uninterrupted = await StreamingProcess.RunAsync([.. Replay(whole), "--limit", limit]);
        Assert.Equal((0, ""), (uninterrupted.Code, uninterrupted.Error));
        Assert.Equal(Summary(whole, resumed: false), Summary(folder, resumed: true));
        Assert.True(File.ReadAllBytes(whole.File("events.jsonl")).AsSpan().SequenceEqual(File.ReadAllBytes(folder.File("events.jsonl"))), "the events differ");
    }

    /// <summary>Pulls the plug when snapshot number <paramref name="snapshot"/> is on the disk.</summary>
    private static async Task KillAsync(TemporaryFolder folder, long snapshot, bool resume)
    {
        using StreamingProcess replay = StreamingProcess.Start(resume ? [.. Replay(folder), "--resume"] : Replay(folder));
        Assert.True(await replay.WaitAsync(() => NewestSnapshot(folder) >= snapshot), $"it ended before snapshot {snapshot}");
        replay.Kill();
        Assert.Equal(StreamingProcess.Killed, (await replay.EndAsync()).Code);
    }

    private static long NewestSnapshot(TemporaryFolder folder) =>
        Directory.Exists(folder.File("snapshots"))
            ? Directory.EnumerateFiles(folder.File("snapshots"), "manifest-*.json")
                .Select(f => long.Parse(Path.GetFileNameWithoutExtension(f)["manifest-".Length..], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max()
            : 0;

    /// <summary>The summary without what may differ: times, memory, and where it was resumed.</summary>
    private static string Summary(TemporaryFolder folder, bool resumed)
    {
        JsonObject summary = JsonNode.Parse(File.ReadAllText(folder.File("summary.json")))!.AsObject();
        Assert.Equal(resumed, summary["resumed_from"] is not null);
        foreach (string name in (string[])["seconds", "events_per_second", "peak_memory_bytes", "resumed_from"]) Assert.True(summary.Remove(name));
        return summary.ToJsonString();
    }

    private static string[] Replay(TemporaryFolder folder) =>
    [
        "replay", "--pipeline", Path.Combine(SharedData.Root, "samples", "explicit.json"), "--no-progress",
        "--set", "Source:Type=synthetic", "--set", "Source:Synthetic:Type=ratings", "--set", "Source:Synthetic:Events=1000000000", "--set", "Source:Synthetic:Users=1000", "--set", "Source:Synthetic:Items=500",
        "--checkpoint", folder.File("snapshots"), "--checkpoint-every", Every.ToString(CultureInfo.InvariantCulture),
        "--events", folder.File("events.jsonl"), "--summary", folder.File("summary.json"),
    ];
}
