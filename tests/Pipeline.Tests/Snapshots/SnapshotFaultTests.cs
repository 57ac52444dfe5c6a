using Streaming.Abstractions.Sources;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Replay;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Pipeline.Tests.Snapshots;

public sealed class SnapshotFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_that_cannot_be_written_ends_the_run_and_never_hangs(bool synchronous)
    {
        string file = _folder.File("taken");
        await File.WriteAllTextAsync(file, "a file where the folder of the snapshots should be");
        Task run = Pipeline(Path.Combine(file, "snapshots"), synchronous, ("Source:Type", "synthetic")).RunAsync(CancellationToken.None);
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(() => run.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("the snapshot writer", fault.Part);
        Assert.IsAssignableFrom<IOException>(fault.InnerException);
    }

    [Fact]
    public async Task Older_snapshots_survive_a_log_that_cannot_be_read()
    {
        string snapshots = _folder.File("snapshots");
        await Pipeline(snapshots, false, ("Source:Type", "synthetic")).RunAsync(CancellationToken.None);
        string[] before = Directory.GetFiles(snapshots);
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(
            () => Pipeline(snapshots, false, ("Source:Type", "file"), ("Source:Paths:0", _folder.File("mistyped.csv"))).RunAsync(CancellationToken.None));
        Assert.IsType<SourceException>(fault.InnerException);
        Assert.NotEmpty(before);
        Assert.Equal(before.Order(StringComparer.Ordinal), Directory.GetFiles(snapshots).Order(StringComparer.Ordinal));
    }

    private static ReplayPipeline Pipeline(string snapshots, bool synchronous, params (string Path, string Value)[] source)
    {
        List<KeyValuePair<string, string?>> settings =
        [
            .. source.Select(s => KeyValuePair.Create(s.Path, (string?)s.Value)),
            new("Source:Synthetic:Type", "ratings"), new("Source:Synthetic:Events", "6000"), new("Snapshots:Directory", snapshots), new("Snapshots:Every", "1000"),
        ];
        PipelineConfiguration configuration = PipelineConfiguration.Load(new ConfigurationLayers(Path.Combine(SharedData.Root, "samples", "explicit.json"), settings));
        return new ReplayPipeline(configuration, TimeProvider.System, _ => { }) { Synchronous = synchronous };
    }
}
