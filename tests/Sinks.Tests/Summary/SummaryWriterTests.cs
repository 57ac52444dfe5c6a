using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Shared.Files;
using Streaming.Sinks.Summary;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Summary;

public sealed class SummaryWriterTests
{
    private static string Text(SummaryData data)
    {
        using MemoryStream stream = new();
        SummaryWriter.Write(stream, data);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public void The_summary_is_exactly_this()
    {
        PipelineReport report = new();
        StageReport mf = report.Add("mf", "biased-mf");
        mf.Set("rmse", .1 + .2);
        mf.Set("users", 610L);
        report.Add("empty", "mean");
        StageReport drift = report.Add("drift", "adwin");
        drift.Set("watch", "mf.loss");
        drift.Set("drifts", [Runs.At(1023)]);
        drift.SetNull("mrr");
        SummaryData data = Runs.Of(report, events: 300, resumedFrom: 60) with { Filtered = 5, Seconds = .5 };
        Assert.Equal(
            """
            {
              "events": 300,
              "rejected": 0,
              "filtered": 5,
              "resumed_from": 60,
              "seconds": 0.5,
              "events_per_second": 480,
              "peak_memory_bytes": 67108864,
              "stages": {
                "mf": {
                  "type": "biased-mf",
                  "rmse": 0.30000000000000004,
                  "users": 610
                },
                "empty": {
                  "type": "mean"
                },
                "drift": {
                  "type": "adwin",
                  "watch": "mf.loss",
                  "drifts": [
                    {
                      "at": 1023
                    }
                  ],
                  "mrr": null
                }
              }
            }

            """,
            Text(data));
    }

    [Fact]
    public void Rejections_are_told_by_reason_where_there_are_any()
    {
        SummaryData data = Runs.Of(new PipelineReport());
        Assert.DoesNotContain("rejected_by_reason", Text(data), StringComparison.Ordinal);
        long[] counts = new long[RejectionReasons.Count];
        counts[(int)RejectionReason.NotFinite] = 3;
        counts[(int)RejectionReason.BadTime] = 2;
        JsonElement root = JsonDocument.Parse(Text(data with { RejectedByReason = counts })).RootElement;
        Assert.Equal(5, root.GetProperty("rejected").GetInt64());
        Assert.Equal("""{"not-finite":3,"bad-time":2}""", JsonSerializer.Serialize(root.GetProperty("rejected_by_reason")));
        Assert.Equal(["events", "rejected", "rejected_by_reason", "filtered"], root.EnumerateObject().Take(4).Select(p => p.Name));
    }

    [Fact]
    public void What_does_not_exist_is_null()
    {
        JsonElement root = JsonDocument.Parse(Text(Runs.Of(new PipelineReport()) with { Seconds = 0 })).RootElement;
        Assert.Equal(JsonValueKind.Null, root.GetProperty("resumed_from").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("events_per_second").ValueKind);
    }

    [Fact]
    public void Entities_are_told_by_name_and_stages_in_the_order_of_the_flow()
    {
        JsonElement stages = JsonDocument.Parse(Text(Runs.Of(Runs.Report()))).RootElement.GetProperty("stages");
        Assert.Equal(["top", "mf", "baseline", "drift", "isgd-rank"], stages.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["318", "a-long-name"], stages.GetProperty("top").GetProperty("top").EnumerateArray().Select(row => row.GetProperty("item").GetString()));
        Assert.All(stages.EnumerateObject(), stage => Assert.Equal("type", stage.Value.EnumerateObject().First().Name));
    }

    [Fact]
    public void The_rate_is_that_of_this_run() => Assert.Equal(150_000, Runs.Of(new PipelineReport(), events: 200_000, resumedFrom: 20_000).EventsPerSecond, 1e-6);

    [Fact]
    public void A_file_is_written_whole()
    {
        using TemporaryFolder folder = new();
        SummaryData data = Runs.Of(Runs.Report());
        SummaryWriter.Write(folder.File("summary.json"), data);
        Assert.Equal(Text(data), File.ReadAllText(folder.File("summary.json")));
        Assert.Equal(["summary.json"], folder.Names);
    }
}
