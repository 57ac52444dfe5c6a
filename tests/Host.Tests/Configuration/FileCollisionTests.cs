using Streaming.Host.Configuration;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Host.Tests.Configuration;

public sealed class FileCollisionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_output_that_is_the_log_or_another_output_is_refused_also_behind_a_link()
    {
        string log = _folder.File("log.csv"), link = _folder.File("link.csv"), events = _folder.File("events.jsonl");
        File.WriteAllText(log, "1,2,3,4\n");
        File.CreateSymbolicLink(link, log);
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Load(
            log, [("--summary", events)], ("Sinks:a:Type", "events"), ("Sinks:a:File", events), ("Sinks:b:Type", "dead-letters"), ("Sinks:b:File", link)));
        Assert.Equal(
            [$"--summary: names {events}, which is Sinks:a:File too: it would be overwritten", $"Sinks:b:File: names {link}, which is the log {log} too: it would be overwritten"],
            refused.Mistakes.Select(m => m.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Any_number_of_outputs_may_go_to_a_device()
    {
        string log = _folder.File("log.csv");
        PipelineConfiguration configuration = Load(
            log, [("--summary", "/dev/null")], ("Sinks:a:Type", "events"), ("Sinks:a:File", "/dev/null"), ("Sinks:b:Type", "dead-letters"), ("Sinks:b:File", "/dev/null"));
        Assert.Equal(2, configuration.Sinks.Count);
    }

    private static PipelineConfiguration Load(string log, IReadOnlyList<(string, string)> outputs, params (string Path, string Value)[] settings) =>
        PipelineConfiguration.Load(new ConfigurationLayers(null, [.. settings.Select(s => KeyValuePair.Create(s.Path, (string?)s.Value))]) { Logs = [log], Outputs = outputs });
}
