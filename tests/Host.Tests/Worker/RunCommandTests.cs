using System.Diagnostics;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Worker;

/// <summary>The life of a process that <c>streaming run</c> starts: stops in good order with 0, at once when it is told twice or takes too long, and never with 0 after a fault.</summary>
public class RunCommandTests
{
    [Theory]
    [InlineData(StreamingProcess.Interrupt)]
    [InlineData(StreamingProcess.Terminate)]
    public async Task A_worker_that_is_told_to_stop_ends_with_0_and_goes_on_where_it_was(int signal)
    {
        using TemporaryFolder folder = new();
        long before = 0;
        for (int life = 1; life <= 3; life++)
        {
            using StreamingProcess worker = StreamingProcess.Start([.. Endless(folder)]);
            Assert.True(await worker.WaitAsync(() => Lines(folder) > before), "it ended before its first events");
            if (worker.Ignores(signal)) Assert.Skip("the tests were started with this signal ignored");
            worker.Signal(signal);
            ProcessResult stopped = await worker.EndAsync();
            Assert.Equal((0, ""), (stopped.Code, stopped.Output));
            Assert.Contains(life == 1 ? "shard 0 starts over" : $"at event {before}, in", stopped.Error, StringComparison.Ordinal);
            before = Lines(folder);
            Assert.Contains($"shard 0 revoked at record {before}\n", stopped.Error, StringComparison.Ordinal); // nothing that was taken was dropped
            Assert.Contains($"stopped: exit code 0, {before} events in all\n", stopped.Error, StringComparison.Ordinal);
        }

        // Each event is there once, in order: the file is that of a run that was never stopped.
        using TemporaryFolder undisturbed = new();
        ProcessResult replay = await StreamingProcess.RunAsync(
            ["replay", "--no-progress", "--limit", $"{before}", "--events", undisturbed.File("events.jsonl"), "--pipeline", Sample, .. Settings]);
        Assert.Equal(0, replay.Code);
        Assert.Equal(await File.ReadAllBytesAsync(undisturbed.File("events.jsonl")), await File.ReadAllBytesAsync(folder.File("events.jsonl")));
    }

    [Fact]
    public async Task A_second_signal_ends_a_worker_that_cannot_stop()
    {
        using TemporaryFolder folder = new();
        using StreamingProcess worker = await SilentAsync(folder, seconds: 60);
        worker.Signal(StreamingProcess.Terminate);
        Assert.True(await worker.WaitErrorAsync("another signal"));
        worker.Signal(StreamingProcess.Terminate);
        Assert.Equal(143, (await worker.EndAsync()).Code);
    }

    [Fact]
    public async Task A_stop_that_takes_too_long_is_forced()
    {
        using TemporaryFolder folder = new();
        using StreamingProcess worker = await SilentAsync(folder, seconds: 1);
        worker.Signal(StreamingProcess.Interrupt);
        ProcessResult forced = await worker.EndAsync();
        Assert.Equal(130, forced.Code);
        Assert.Contains("took longer than 1 s", forced.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_never_ends_with_0()
    {
        using TemporaryFolder folder = new();
        ProcessResult failed = await StreamingProcess.RunAsync(["run", "--pipeline", Sample, .. Settings, .. Quiet, "--set", "Sinks:full:Type=events", "--set", "Sinks:full:File=/dev/full"]);
        Assert.Equal(74, failed.Code);
        Assert.Contains("[104] fault in shard 0, sink full: shard 0, sink full failed: ", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_ends_ends_the_worker()
    {
        using TemporaryFolder folder = new();
        ProcessResult done = await StreamingProcess.RunAsync("run", "--pipeline", Sample, "--set", $"Source:Paths:0={Path.Combine(SharedData.Root, "samples", "ratings.csv")}", Quiet[0], Quiet[1], Quiet[2], Quiet[3]);
        Assert.Equal(0, done.Code);
        Assert.Contains("shard 0 revoked at record 5000\n", done.Error, StringComparison.Ordinal);
    }

    private static string Sample => Path.Combine(SharedData.Root, "samples", "explicit.json");

    private static string[] Settings =>
    [
        "--set", "Source:Type=synthetic", "--set", "Source:Synthetic:Type=ratings", "--set", "Source:Synthetic:Events=1000000000",
        "--set", "Source:Synthetic:Users=1000", "--set", "Source:Synthetic:Items=500",
    ];

    /// <summary>Any port, and lines that a test can read.</summary>
    private static string[] Quiet => ["--set", "Http:Port=0", "--set", "Log:Format=text"];

    private static string[] Endless(TemporaryFolder folder) =>
    [
        "run", "--pipeline", Sample, .. Settings, .. Quiet, "--set", $"Snapshots:Directory={folder.File("snapshots")}", "--set", "Snapshots:Every=5000",
        "--set", "Sinks:events:Type=events", "--set", $"Sinks:events:File={folder.File("events.jsonl")}",
    ];

    private static long Lines(TemporaryFolder folder) => File.Exists(folder.File("events.jsonl")) ? File.ReadLines(folder.File("events.jsonl")).LongCount() : 0;

    /// <summary>A worker that waits for a pipe nobody writes to, and is past its start.</summary>
    private static async Task<StreamingProcess> SilentAsync(TemporaryFolder folder, int seconds)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("makes a pipe with a name");
        string pipe = folder.File("pipe");
        using (Process make = Process.Start("mkfifo", pipe)) await make.WaitForExitAsync();
        StreamingProcess worker = StreamingProcess.Start(
            "run", "--pipeline", Sample, "--set", $"Source:Paths:0={pipe}", "--set", "Source:Format=csv", "--set", "Source:Order=file", "--set", $"Worker:ShutdownSeconds={seconds}", Quiet[0], Quiet[1], Quiet[2], Quiet[3]);
        Assert.True(await worker.WaitErrorAsync("starts over"));
        if (worker.Ignores(StreamingProcess.Interrupt)) Assert.Skip("the tests were started with this signal ignored");
        return worker;
    }
}
