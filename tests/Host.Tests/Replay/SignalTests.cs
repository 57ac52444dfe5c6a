using System.Text.Json;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Replay;

/// <summary>A signal ends a replay in good order: with a code that tells which, a message, and where snapshots are made a last one to go on from.</summary>
public class SignalTests
{
    private const string MoreThanAnybodyWaitsFor = "1000000000";

    [Theory]
    [InlineData(StreamingProcess.Interrupt, 130)]
    [InlineData(StreamingProcess.Terminate, 143)]
    public async Task A_replay_that_is_stopped_goes_on_where_it_was(int signal, int code)
    {
        using TemporaryFolder folder = new();
        using StreamingProcess replay = StreamingProcess.Start([.. Replay(folder), "--limit", MoreThanAnybodyWaitsFor]);
        Assert.True(await replay.WaitAsync(() => Snapshots(folder) > 0), "it ended before its first snapshot");
        if (replay.Ignores(signal)) Assert.Skip("the tests were started with this signal ignored");
        replay.Signal(signal);
        ProcessResult stopped = await replay.EndAsync();
        Assert.Equal((code, "interrupted; --resume goes on from here\n"), (stopped.Code, stopped.Error));

        // The last snapshot is of the moment of the signal: the resumed run has everything before it, and the events as far as that.
        long events = File.ReadLines(folder.File("events.jsonl")).LongCount();
        ProcessResult resumed = await StreamingProcess.RunAsync([.. Replay(folder), "--limit", $"{events + 5000}", "--resume", "--summary", folder.File("summary.json")]);
        Assert.Equal(0, resumed.Code);
        Assert.Contains($"at event {events}\n", resumed.Error, StringComparison.Ordinal);
        using JsonDocument summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("summary.json")));
        Assert.Equal((events + 5000, events), (summary.RootElement.GetProperty("events").GetInt64(), summary.RootElement.GetProperty("resumed_from").GetInt64()));
        Assert.Equal(events + 5000, File.ReadLines(folder.File("events.jsonl")).LongCount());
    }

    [Fact]
    public async Task A_replay_without_snapshots_says_that_there_is_nothing_to_go_on_from()
    {
        using TemporaryFolder folder = new();
        using StreamingProcess replay = StreamingProcess.Start(
            "replay", "--no-progress", "--events", folder.File("events.jsonl"), "--set", "Source:Type=synthetic", "--set", "Source:Synthetic:Type=ratings",
            "--set", $"Source:Synthetic:Events={MoreThanAnybodyWaitsFor}", "--set", "Source:Synthetic:Users=100", "--set", "Source:Synthetic:Items=100");
        Assert.True(await replay.WaitAsync(() => File.Exists(folder.File("events.jsonl")) && new FileInfo(folder.File("events.jsonl")).Length > 0));
        replay.Signal(StreamingProcess.Terminate);
        ProcessResult stopped = await replay.EndAsync();
        Assert.Equal((143, "interrupted; without --checkpoint DIR there is nothing to go on from\n", ""), (stopped.Code, stopped.Error, stopped.Output));
    }

    private static int Snapshots(TemporaryFolder folder) =>
        Directory.Exists(folder.File("snapshots")) ? Directory.EnumerateFiles(folder.File("snapshots"), "manifest-*.json").Count() : 0;

    private static string[] Replay(TemporaryFolder folder) =>
    [
        "replay", "--pipeline", Path.Combine(SharedData.Root, "samples", "explicit.json"), "--no-progress",
        "--set", "Source:Type=synthetic", "--set", "Source:Synthetic:Type=ratings", "--set", $"Source:Synthetic:Events={MoreThanAnybodyWaitsFor}",
        "--set", "Source:Synthetic:Users=1000", "--set", "Source:Synthetic:Items=500",
        "--checkpoint", folder.File("snapshots"), "--checkpoint-every", "2000", "--events", folder.File("events.jsonl"),
    ];
}
