using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Streaming.Abstractions.Reports;
using Streaming.Host.Configuration;
using Streaming.Host.Observability;
using Streaming.Host.Replay;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Shared.Metrics;
using Streaming.Shared.Processes;
using Streaming.Sinks.Summary;
using Xunit;

namespace Streaming.Pipeline.Tests.Observability;

/// <summary>What is served while a pipeline runs, and when it has run.</summary>
public class MetricsPipelineTests
{
    public static TheoryData<string> Pipelines => [.. Directory.EnumerateFiles(Path.Combine(SharedData.Root, "samples"), "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task The_final_values_are_the_summarys_and_scraping_all_the_while_changes_nothing(string pipeline)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("log.csv"), Log());
        SummaryData without = (await Pipeline(pipeline, folder, "a", null).RunAsync(CancellationToken.None))!;

        RunMetrics run = new(TimeProvider.System);
        MetricsBoard board = new();
        board.Add(run);
        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        await using MetricsServer server = await MetricsServer.StartAsync(new HttpOptions { Port = 0 }, board, collector, TimeProvider.System, CancellationToken.None);
        using HttpClient client = new();
        Task<SummaryData?> running = Pipeline(pipeline, folder, "b", run).RunAsync(CancellationToken.None);
        double seen = 0;
        while (!running.IsCompleted)
        {
            Exposition during = Exposition.Parse(await client.GetStringAsync(server.Address));
            Assert.True(during["""streaming_source_events_total{shard="0"}"""] >= seen);
            seen = during["""streaming_source_events_total{shard="0"}"""];
        }

        SummaryData summary = (await running)!;
        Assert.Equal(Text(without), Text(summary));
        Exposition final = Exposition.Parse(await client.GetStringAsync(server.Address));
        Assert.Equal(summary.Events, final["""streaming_source_events_total{shard="0"}"""]);
        Assert.Equal(summary.Filtered, final["""streaming_source_filtered_total{shard="0"}"""]);
        Assert.True(summary.Events > 10_000 && summary.Rejected == 30 && summary.Filtered > 0);
        Assert.Equal(20, final["""streaming_source_rejected_total{reason="not-a-number",shard="0"}"""]);
        Assert.Equal(summary.Rejected, final.Samples.Where(s => s.Key.StartsWith("streaming_source_rejected_total{", StringComparison.Ordinal)).Sum(s => s.Value));
        Assert.Equal(1, final["""streaming_source_progress_ratio{shard="0"}"""]);
        Assert.Equal(0, final["""streaming_pool_in_flight{shard="0"}"""]);
        Assert.Equal(3, final["""streaming_snapshots_total{shard="0"}"""]);
        Assert.Equal(new FileInfo(Directory.GetFiles(folder.File("b"), "snapshot-*.bin").Max(StringComparer.Ordinal)!).Length, final["""streaming_snapshots_last_size_bytes{shard="0"}"""]);
        double age = final["""streaming_snapshots_age_seconds{shard="0"}"""];
        Assert.True(Exposition.Parse(await client.GetStringAsync(server.Address))["""streaming_snapshots_age_seconds{shard="0"}"""] > age && age < 60);
        Assert.True(final["""streaming_snapshots_writing_seconds_total{shard="0"}"""] >= final["""streaming_snapshots_last_writing_seconds{shard="0"}"""]);

        int values = 0;
        foreach (StageReport stage in summary.Report.Stages)
        {
            string labels = $$"""{kind="{{summary.Kinds[stage.Id].ToString().ToLowerInvariant()}}",stage="{{stage.Id}}",type="{{stage.Type}}",shard="0"}""";
            Assert.True(final["streaming_stage_busy_seconds_total" + labels] > 0);
            foreach (ReportEntry entry in stage.Entries.Where(e => e.Value.Kind is ReportValueKind.Integer or ReportValueKind.Number))
            {
                ReportMetric metric = ReportMetrics.Of(entry.Name)!;
                string name = metric.Instrument.Replace("@", "_at_", StringComparison.Ordinal).Replace('.', '_') + (metric.Form == ReportMetricForm.Counter ? "_total" : "");
                Assert.Equal(entry.Value.Kind == ReportValueKind.Integer ? entry.Value.Integer : entry.Value.Number, final[name + labels]);
                values++;
            }
        }

        Assert.Equal(values, final.Samples.Keys.Count(s => s.Contains("stage=", StringComparison.Ordinal)) - summary.Report.Stages.Count); // and nothing else
    }

    [Fact]
    public async Task A_scrape_of_a_running_replay_parses()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        using StreamingProcess replay = StreamingProcess.Start(
            "replay", "--no-progress", "--metrics", "--set", $"Http:Port={port}", "--set", "Source:Type=synthetic", "--set", "Source:Synthetic:Events=1000000000",
            "--set", "Source:Synthetic:Users=1000", "--set", "Source:Synthetic:Items=500");
        using HttpClient client = new();
        string address = $"http://127.0.0.1:{port}/metrics";
        using CancellationTokenSource deadline = new(TimeSpan.FromMinutes(1));
        string? text = null;
        while (text is null || Exposition.Parse(text)["""streaming_source_events_total{shard="0"}"""] == 0)
        {
            Assert.False(replay.HasEnded);
            try
            {
                text = await client.GetStringAsync(address, deadline.Token);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5, deadline.Token); // it does not listen yet
            }
        }

        Exposition first = Exposition.Parse(text), second = Exposition.Parse(await client.GetStringAsync(address));
        Assert.True(second["""streaming_batches_total{shard="0"}"""] > first["""streaming_batches_total{shard="0"}"""]);
        Assert.InRange(second["""streaming_pool_in_flight{shard="0"}"""], 1, second["""streaming_pool_size{shard="0"}"""]);
        Assert.Contains("""streaming_rmse{kind="model",stage="mf",type="biased-mf",shard="0"}""", second.Samples.Keys);
        replay.Signal(StreamingProcess.Terminate);
        ProcessResult stopped = await replay.EndAsync();
        Assert.Equal(143, stopped.Code);
        Assert.StartsWith($"metrics are served on {address}\n", stopped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_say()
    {
        ProcessStartInfo start = new("promtool", ["check", "metrics"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using System.Diagnostics.Process promtool = new() { StartInfo = start };
        try
        {
            promtool.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip("there is no promtool on this machine");
        }

        Task<string> output = promtool.StandardOutput.ReadToEndAsync(), error = promtool.StandardError.ReadToEndAsync();
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("log.csv"), Log());
        RunMetrics run = new(TimeProvider.System);
        MetricsBoard board = new();
        board.Add(run);
        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        await Pipeline("everything.json", folder, "a", run).RunAsync(CancellationToken.None);
        await promtool.StandardInput.WriteAsync(collector.Collect(ExpositionFormat.PrometheusText));
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync();
        Assert.Equal((0, "", ""), (promtool.ExitCode, await output, await error));
    }

    private static ReplayPipeline Pipeline(string sample, TemporaryFolder folder, string name, RunMetrics? metrics)
    {
        KeyValuePair<string, string?>[] settings =
        [
            new("Source:BatchSize", "64"), new("Source:MinimumValue", "2"), new("Source:Range", "1..5"), new("Snapshots:Directory", folder.File(name)), new("Snapshots:Every", "5000"),
        ];
        return new ReplayPipeline(
            PipelineConfiguration.Load(new ConfigurationLayers(Path.Combine(SharedData.Root, "samples", sample), settings) { Logs = [folder.File("log.csv")] }), TimeProvider.System, _ => { })
        {
            Metrics = metrics,
        };
    }

    // 14,000 records, 20 of them without a number and 10 out of the range.
    private static string Log()
    {
        StringBuilder log = new("user,item,value,ts\n");
        for (int n = 0; n < 14_000; n++)
        {
            string value = n % 700 == 7 ? "good" : n % 1400 == 8 ? "9" : (1 + (n * 31 % 5)).ToString();
            log.Append($"{n * 7919 % 97},{n * 104729 % 53},{value},{n}\n");
        }

        return log.ToString();
    }

    private static string Text(SummaryData summary)
    {
        using MemoryStream text = new();
        SummaryWriter.Write(text, summary with { Seconds = 1, PeakMemoryBytes = 0 });
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
