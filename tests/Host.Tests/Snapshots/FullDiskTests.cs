using System.Globalization;
using Streaming.Host.Cli;
using Streaming.Host.Graph;
using Streaming.Host.Snapshots;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Host.Tests.Snapshots;

/// <summary>A run whose disk is full ends with what went wrong, and leaves what it had.</summary>
public sealed class FullDiskTests : IDisposable
{
    private static readonly (string, string)[] Log = [("Source:Type", "synthetic"), ("Source:Synthetic:Type", "ratings"), ("Source:Synthetic:Events", "6000"), ("Snapshots:Every", "1000")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("snapshot-{0}.bin.tmp")]
    [InlineData("manifest-{0}.json.tmp")]
    public async Task A_full_disk_ends_the_run_with_74_and_the_snapshots_before_stay(string name)
    {
        if (!File.Exists("/dev/full")) Assert.Skip("there is no /dev/full here");
        string pipeline = Path.Combine(SharedData.Root, "samples", "explicit.json"), snapshots = _folder.File("snapshots");
        await SnapshotRun.RunAsync(pipeline, snapshots, resume: false, [.. Log, ("Source:Limit", "3000")]);
        SnapshotStore store = new(snapshots, keep: 3);
        long before = store.LoadNewest(Assert.Fail)!.Epoch;
        string full = Path.Combine(snapshots, string.Format(CultureInfo.InvariantCulture, name, (before + 1).ToString("D8", CultureInfo.InvariantCulture)));
        File.CreateSymbolicLink(full, "/dev/full");
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(() => SnapshotRun.RunAsync(pipeline, snapshots, resume: true, Log));
        using StringWriter error = new();
        Assert.Equal(ExitCodes.InputOutput, FaultReport.Print(fault, error));
        Assert.StartsWith("the snapshot writer failed", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, store.LoadNewest(Assert.Fail)!.Epoch);
        File.Delete(full);
        await SnapshotRun.RunAsync(pipeline, snapshots, resume: true, Log);
        Assert.Equal(6000, store.LoadNewest(Assert.Fail)!.Events);
    }
}
