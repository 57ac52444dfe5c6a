using Streaming.Host.Configuration;
using Streaming.Host.Replay;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Sinks.Summary;

namespace Streaming.Pipeline.Tests.Resume;

/// <summary>One pipeline over one synthetic log, with snapshots and per-event output in a folder of its own: run whole, or killed and resumed.</summary>
internal sealed class ResumableRun(string sample, params (string Path, string Value)[] settings) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string EventsFile => _folder.File("events.jsonl");

    /// <summary>Whether the per-event output is this, byte for byte.</summary>
    public bool WroteEvents(byte[] expected) => File.ReadAllBytes(EventsFile).AsSpan().SequenceEqual(expected);

    public List<string> Said { get; } = [];

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs to the end and returns the summary without what depends on time and memory.</summary>
    public async Task<string> RunAsync(bool resume, bool synchronous = false)
    {
        SummaryData? summary = await Pipeline(resume, synchronous, () => false).RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        using MemoryStream text = new();
        SummaryWriter.Write(text, summary! with { Seconds = 1, PeakMemoryBytes = 0, ResumedFrom = 0 });
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>Runs until <paramref name="batches"/> batches have entered the graph, then pulls the plug. Returns whether it was still running.</summary>
    public async Task<bool> KillAsync(int batches, bool resume)
    {
        using CancellationTokenSource plug = new();
        int seen = 0;
        ReplayPipeline pipeline = Pipeline(resume, synchronous: false, () =>
        {
            if (++seen == batches) plug.Cancel();
            return false;
        });
        try
        {
            await pipeline.RunAsync(plug.Token).WaitAsync(TimeSpan.FromMinutes(2), CancellationToken.None);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Content of the newest snapshot's file.</summary>
    public byte[] NewestSnapshot() => File.ReadAllBytes(Directory.EnumerateFiles(_folder.File("snapshots"), "snapshot-*.bin").Max(StringComparer.Ordinal)!);

    public bool HasSnapshot => Directory.Exists(_folder.File("snapshots")) && Directory.EnumerateFiles(_folder.File("snapshots"), "manifest-*.json").Any();

    private ReplayPipeline Pipeline(bool resume, bool synchronous, Func<bool> between)
    {
        List<KeyValuePair<string, string?>> all =
        [
            new("Source:Type", "synthetic"), new("Source:Synthetic:Type", "ratings"), new("Source:BatchSize", "256"),
            new("Snapshots:Directory", _folder.File("snapshots")), new("Snapshots:Every", "1000"), new("Snapshots:Resume", resume ? "true" : "false"),
            new("Sinks:events:Type", "events"), new("Sinks:events:File", EventsFile),
            .. settings.Select(s => KeyValuePair.Create(s.Path, (string?)s.Value)),
        ];
        PipelineConfiguration configuration = PipelineConfiguration.Load(new ConfigurationLayers(Path.Combine(SharedData.Root, "samples", sample), all));
        return new ReplayPipeline(configuration, TimeProvider.System, Said.Add) { StopRequested = between, Synchronous = synchronous };
    }
}
