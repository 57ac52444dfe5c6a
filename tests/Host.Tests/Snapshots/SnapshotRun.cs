using Streaming.Host.Configuration;
using Streaming.Host.Replay;

namespace Streaming.Host.Tests.Snapshots;

/// <summary>Runs a pipeline with snapshots to the end of its stream, as <c>streaming replay</c> does.</summary>
internal static class SnapshotRun
{
    public static async Task<IReadOnlyList<string>> RunAsync(string pipeline, string snapshots, bool resume, params (string Path, string Value)[] settings)
    {
        List<string> said = [];
        List<KeyValuePair<string, string?>> all =
        [
            new("Snapshots:Directory", snapshots), new("Snapshots:Resume", resume ? "true" : "false"),
            .. settings.Select(s => KeyValuePair.Create(s.Path, (string?)s.Value)),
        ];
        PipelineConfiguration configuration = PipelineConfiguration.Load(new ConfigurationLayers(pipeline, all));
        await new ReplayPipeline(configuration, TimeProvider.System, said.Add).RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        return said;
    }
}
