using System.Text.Json;
using Streaming.Shared.Data;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class PlanCommandTests
{
    [Fact]
    public async Task A_plan_names_stages_columns_readers_and_memory()
    {
        ProcessResult result = await PlanAsync("--set", "Source:Synthetic:Type=ratings", "--set", "Source:Synthetic:Events=500", "--set", "Source:BatchSize=64", "--set", "Source:Seed=7");
        Assert.Equal((0, ""), (result.Code, result.Error));
        string[] lines = result.Output.Split('\n');
        Assert.Equal("source  synthetic: 500 generated ratings", lines[0]);
        Assert.Matches(@"^batches \d+ of 64 events, 1 real, 0 integer and 0 list columns; seed 7$", lines[1]);
        Assert.Equal(["stage", "baseline", "funk", "mean", "mf", "drift"], lines.Skip(3).Take(6).Select(l => l.Split(' ')[0]));
        Assert.Matches(@"^drift +drift +adwin +.+ mf\.loss +-$", lines[8]);
        Assert.Contains(lines, l => l.StartsWith("  mf.loss -> drift: Squared error", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("  in all ", StringComparison.Ordinal) && l.EndsWith("MiB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_as_mermaid_has_a_node_for_each_part_and_an_arrow_for_each_column()
    {
        ProcessResult result = await PlanAsync("--mermaid", "--set", "Sinks:out:Type=events", "--set", "Sinks:out:File=out.jsonl");
        Assert.Equal((0, ""), (result.Code, result.Error));
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("flowchart LR", lines[0]);
        Assert.Contains("  s3[\"mf<br/>Model: biased-mf\"]", lines);
        Assert.Contains("  s3 --> s4", lines);
        Assert.Contains("  s3 -. loss .-> s4", lines);
        Assert.Contains("  k0[/\"out: events\"/]", lines);
        Assert.Contains("  s4 --> k0", lines);
    }

    [Fact]
    public async Task A_plan_reads_nothing_and_writes_nothing()
    {
        ProcessResult result = await PlanAsync("--set", "Source:Type=file", "--set", "Source:Paths=/nonexistent.csv", "--set", "Sinks:out:Type=events", "--set", "Sinks:out:File=/nonexistent/out.jsonl");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("source  /nonexistent.csv", result.Output, StringComparison.Ordinal);
    }

    public static TheoryData<string> LiveSamples => [.. Directory.EnumerateFiles(Path.Combine(SharedData.Root, "samples", "live"), "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(LiveSamples))]
    public async Task A_sample_of_a_worker_loads_and_its_plan_has_all_of_its_stages_and_sinks(string sample)
    {
        string file = Path.Combine(SharedData.Root, "samples", "live", sample);
        ProcessResult result = await StreamingProcess.RunAsync("plan", "--pipeline", file), mermaid = await StreamingProcess.RunAsync("plan", "--pipeline", file, "--mermaid");
        Assert.Equal((0, "", 0, ""), (result.Code, result.Error, mermaid.Code, mermaid.Error));
        using JsonDocument pipeline = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        foreach (JsonProperty stage in pipeline.RootElement.GetProperty("Stages").EnumerateObject())
            Assert.Contains(result.Output.Split('\n'), l => l.StartsWith(stage.Name + ' ', StringComparison.Ordinal) && l.Contains($" {stage.Value.GetProperty("Type").GetString()} ", StringComparison.Ordinal));
        foreach (JsonProperty sink in pipeline.RootElement.GetProperty("Sinks").EnumerateObject())
            Assert.Contains($"\"{sink.Name}: {sink.Value.GetProperty("Type").GetString()}\"", mermaid.Output, StringComparison.Ordinal);
        Assert.StartsWith($"source  {pipeline.RootElement.GetProperty("Source").GetProperty("Type").GetString()}: ", result.Output, StringComparison.Ordinal);
    }

    private static Task<ProcessResult> PlanAsync(params string[] more) =>
        StreamingProcess.RunAsync(["plan", "--pipeline", Path.Combine(SharedData.Root, "samples", "explicit.json"), .. more]);
}
