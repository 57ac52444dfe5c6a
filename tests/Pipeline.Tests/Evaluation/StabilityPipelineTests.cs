using System.Text.Json;
using Streaming.Abstractions.Reports;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Replay;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Sinks.Summary;
using Xunit;

namespace Streaming.Pipeline.Tests.Evaluation;

/// <summary>Stability from the configuration to the output: the lists that the models' stages write are what the evaluators compare.</summary>
public class StabilityPipelineTests
{
    [Fact]
    public async Task What_is_reported_follows_from_the_lists_in_the_output()
    {
        using TemporaryFolder folder = new();
        PipelineConfiguration configuration = Load(
            ("Stages:a:Type", "stability"), ("Stages:a:Model", "isgd"), ("Stages:a:K", "8"), ("Stages:a:Sample", "3"),
            ("Stages:b:Type", "stability"), ("Stages:b:Model", "popularity"), ("Stages:b:Sample", "1"),
            ("Sinks:events:Type", "events"), ("Sinks:events:File", folder.File("events.jsonl")));
        Assert.Equal(["isgd.top@8/3", "popularity.top@10"], configuration.Plan.Columns.Select(c => c.FullName).Where(n => n.Contains(".top@", StringComparison.Ordinal)));
        Assert.Equal(2, configuration.Plan.ListColumns);
        SummaryData? summary = await new ReplayPipeline(configuration, TimeProvider.System, _ => { }).RunAsync(CancellationToken.None);
        foreach ((string stage, string model, string column) in new[] { ("a", "isgd", "top@8/3"), ("b", "popularity", "top@10") })
        {
            Dictionary<string, string[]> before = [];
            List<double> jaccards = [];
            int visits = 0;
            foreach (string line in File.ReadLines(folder.File("events.jsonl")))
            {
                using JsonDocument e = JsonDocument.Parse(line);
                if (!e.RootElement.TryGetProperty(model, out JsonElement said) || !said.TryGetProperty(column, out JsonElement items)) continue; // a decision, or not sampled
                string user = e.RootElement.GetProperty("user").GetString()!;
                string[] list = [.. items.EnumerateArray().Select(i => i.GetString()!)];
                visits++;
                if (before.TryGetValue(user, out string[]? last))
                {
                    jaccards.Add((double)list.Intersect(last).Count() / list.Union(last).Count());
                    Assert.Equal(jaccards[^1], e.RootElement.GetProperty(stage).GetProperty("jaccard").GetDouble());
                }

                before[user] = list;
            }

            StageReport report = summary!.Report.Stages.Single(s => s.Id == stage);
            Assert.True(jaccards.Count > 100);
            Assert.Equal((visits, jaccards.Count, before.Count, 0), (report["visits"].Integer, report["compared"].Integer, report["users"].Integer, report["forgotten"].Integer));
            Assert.Equal(jaccards.Average(), report["jaccard"].Number, 1e-12);
        }
    }

    [Fact]
    public void A_model_that_does_not_rank_has_no_lists()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Load(("Stages:mean:Type", "mean"), ("Stages:a:Type", "stability"), ("Stages:a:Model", "mean")));
        ConfigurationMistake mistake = Assert.Single(refused.Mistakes);
        Assert.Equal("Stages:a:Model", mistake.Path);
        Assert.Contains("mean.top@10/16", mistake.Message, StringComparison.Ordinal);
    }

    private static PipelineConfiguration Load(params (string Path, string Value)[] settings) => PipelineConfiguration.Load(new ConfigurationLayers(
        Path.Combine(SharedData.Root, "samples", "ranking.json"),
        [
            new("Source:Type", "synthetic"), new("Source:Synthetic:Events", "4000"), new("Source:Synthetic:Users", "100"), new("Source:Synthetic:Items", "200"),
            .. settings.Select(s => KeyValuePair.Create(s.Path, (string?)s.Value)),
        ]));
}
