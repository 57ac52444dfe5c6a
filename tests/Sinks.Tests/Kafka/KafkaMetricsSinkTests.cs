using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.Summary;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Kafka;

public sealed class KafkaMetricsSinkTests : KafkaTest
{
    private static EventBatch Batch(long records, PipelineReport? report, int events = 10)
    {
        EventBatch batch = TestBatch.Of(records - events, events, report);
        batch.Position.Single.Records = records;
        return batch;
    }

    private static PipelineReport Last()
    {
        PipelineReport report = new() { IsFinal = true };
        report.Add("mf", "biased-mf").Set("mae", .5);
        return report;
    }

    [Fact]
    public async Task Reports_of_its_own_schedule_and_the_last_one_are_sent()
    {
        KafkaMetricsSinkOptions options = new() { Topic = "out", Every = 50 };
        await using KafkaMetricsSink sink = new(options, Binding() with { Shard = 3, Names = Runs.Names }, TimeProvider.System);
        Assert.Equal(50, sink.ReportEvery);
        await sink.WriteAsync(Batch(40, Runs.Report()), Token); // somebody else's
        await sink.WriteAsync(Batch(50, null), Token);
        await sink.WriteAsync(Batch(100, Runs.Report()), Token);
        await sink.WriteAsync(Batch(100, Runs.Report(), events: 0), Token); // somebody else's, at the same place
        await sink.WriteAsync(Batch(150, Runs.Report()), Token);
        await sink.WriteAsync(Batch(150, Last(), events: 0), Token);
        await sink.FlushAsync(0, Token);

        List<ReadMessage> messages = Out();
        Assert.Equal(["100", "150", "150"], messages.Select(m => m["offset"]));
        Assert.All(messages, m => Assert.Equal("3", m.Key));
        Assert.Equal([("source", "clicks"), ("partition", "3"), ("offset", "100")], messages[0].Headers);
        JsonElement value = JsonDocument.Parse(messages[0].Value).RootElement;
        Assert.Equal(["source", "shard", "offset", "events", "final", "stages"], value.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("clicks", 3, 100, 100), (value.GetProperty("source").GetString(), value.GetProperty("shard").GetInt32(), value.GetProperty("offset").GetInt32(), value.GetProperty("events").GetInt32()));
        Assert.Equal([false, false, true], messages.Select(m => JsonDocument.Parse(m.Value).RootElement.GetProperty("final").GetBoolean()));
        Assert.Equal("""{"mf":{"type":"biased-mf","mae":0.5}}""", JsonDocument.Parse(messages[2].Value).RootElement.GetProperty("stages").GetRawText());
    }

    [Fact]
    public async Task Stages_are_told_as_in_the_summary()
    {
        await using KafkaMetricsSink sink = new(new KafkaMetricsSinkOptions { Topic = "out", Every = 1 }, Binding() with { Names = Runs.Names }, TimeProvider.System);
        await sink.WriteAsync(Batch(10, Runs.Report()), Token);
        await sink.FlushAsync(0, Token);
        using MemoryStream summary = new();
        SummaryWriter.Write(summary, Runs.Of(Runs.Report()));
        JsonElement expected = JsonDocument.Parse(summary.ToArray()).RootElement.GetProperty("stages");
        JsonElement stages = JsonDocument.Parse(Assert.Single(Out()).Value).RootElement.GetProperty("stages");
        Assert.True(JsonElement.DeepEquals(expected, stages), stages.GetRawText());
    }
}
