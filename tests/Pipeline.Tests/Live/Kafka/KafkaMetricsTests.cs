using System.Net;
using System.Net.Http.Headers;
using Streaming.Shared.Files;
using Streaming.Shared.Kafka;
using Streaming.Shared.Metrics;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>What a worker on Kafka shows of itself while things happen to it, and a reset that is in its log.</summary>
public class KafkaMetricsTests
{
    private const int OffsetCommit = 8;
    private const int Heartbeat = 12;
    private const int OffsetMetadataTooLarge = 12;
    private const int UnknownMember = 25;
    private const string Token = "a-token-of-the-tests";

    [Fact]
    public async Task Every_number_of_the_source_moves_when_something_happens()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 1), ("out", 1));
        using TopicWriter writer = new(cluster.Bootstrap);
        using KafkaWorker worker = new(cluster, "watched");
        using TemporaryFolder secrets = Secrets();
        using StreamingProcess process = Start(
            worker, secrets, "--set", "Source:Kafka:QueueRecords=200", "--set", "Kafka:Consumer:statistics.interval.ms=200",
            "--set", "Sinks:out:Type=kafka-metrics", "--set", "Sinks:out:Topic=out", "--set", "Sinks:out:Every=100");
        writer.SendRatings("events", 1, 0, 1000);
        await worker.UntilAsync(process, [1000]);
        using HttpClient client = await ClientAsync(process);

        Exposition seen = await UntilAsync(client, process, s => s[Lane("lag")] == 0 && s["""streaming_kafka_brokers{state="up"}"""] == 1);
        Assert.Equal((1000, 0), (seen["streaming_kafka_records_total"], seen["streaming_kafka_dropped_total"]));
        Assert.True(seen["streaming_kafka_rebalances_total"] >= 1 && seen["streaming_kafka_connects_total"] >= 1);
        Assert.Equal((0, 0, 0), (seen[Lane("paused")], seen[Lane("queue_records")], seen[Lane("queue_bytes")]));

        Assert.Equal(HttpStatusCode.OK, await AdminAsync(client, "snapshot"));
        seen = await UntilAsync(client, process, s => s["streaming_kafka_commits_total"] >= 1);
        Assert.Equal((0, 10), (seen["""streaming_sink_queued{sink="out",shard="0"}"""], seen["""streaming_sink_delivered_total{sink="out",shard="0"}"""]));
        Assert.True(seen["""streaming_snapshots_last_size_bytes{shard="0"}"""] > 1000);
        await cluster.FailAsync(OffsetCommit, OffsetMetadataTooLarge);
        Assert.Equal(HttpStatusCode.OK, await AdminAsync(client, "snapshot"));
        await UntilAsync(client, process, s => s["streaming_kafka_commit_failures_total"] >= 1);

        // A stream that stands still: what comes waits, first here, then at the broker.
        Assert.Equal(HttpStatusCode.OK, await AdminAsync(client, "pause"));
        writer.SendRatings("events", 1, 1000, 5000);
        seen = await UntilAsync(client, process, s => s[Lane("paused")] == 1 && s[Lane("lag")] >= 4000); // a batch that was begun is worked on
        Assert.True(seen[Lane("queue_records")] >= 200 && seen[Lane("queue_bytes")] > 0 && seen["streaming_kafka_pauses_total"] >= 1);
        writer.SendRatings("events", 1, 6000, 1000);
        double lag = seen[Lane("lag")];
        await UntilAsync(client, process, s => s[Lane("lag")] > lag + 500); // although nothing is fetched
        Assert.Equal(HttpStatusCode.OK, await AdminAsync(client, "resume"));
        seen = await UntilAsync(client, process, s => s[Lane("lag")] == 0 && s[Lane("paused")] == 0);
        Assert.Equal(seen["streaming_kafka_pauses_total"], seen["streaming_kafka_resumes_total"]);

        await cluster.DownAsync(1);
        await UntilAsync(client, process, s => s["streaming_kafka_errors_total"] > 0 && s["streaming_kafka_disconnects_total"] > 0 && s["""streaming_kafka_brokers{state="down"}"""] == 1);
        await cluster.UpAsync(1);
        await UntilAsync(client, process, s => s["""streaming_kafka_brokers{state="up"}"""] == 1);
        await cluster.FailAsync(Heartbeat, UnknownMember);
        Assert.True(await process.WaitErrorAsync("shard 0 lost: the group no longer counts this process as its owner"));
        Assert.DoesNotContain("another process has it", process.Said, StringComparison.Ordinal);
        await UntilAsync(client, process, s => s["streaming_kafka_lost_total"] >= 1 && s["streaming_kafka_rebalances_total"] >= 2);
        await KafkaWorker.StopAsync(process);
    }

    [Fact]
    public async Task A_stage_that_was_reset_is_so_after_a_kill_and_in_a_replay_of_the_log_to_the_last_bit()
    {
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", 2));
        using TopicWriter writer = new(cluster.Bootstrap);
        using KafkaWorker worker = new(cluster, "reset");
        using TemporaryFolder secrets = Secrets();
        writer.SendRatings("events", 2, 0, 2000);
        using (StreamingProcess process = Start(worker, secrets))
        {
            await worker.UntilAsync(process, [1000, 1000]);
            using HttpClient client = await ClientAsync(process);
            Assert.Equal(HttpStatusCode.OK, await AdminAsync(client, "reset?stage=mf"));
            writer.SendRatings("events", 2, 2000, 1000);
            await worker.UntilAsync(process, [1100, 1100]);
            process.Kill(); // nobody knows how far the snapshots are but for the reset, which was answered
            await process.EndAsync();
        }

        // A record that says it of itself is nobody's but the dead letters'.
        writer.Send("events", 0, """{"control":"reset","stage":"isgd"}""");
        writer.SendRatings("events", 2, 3000, 1000);
        using (StreamingProcess process = Start(worker, secrets))
        {
            await worker.UntilAsync(process, [2000, 2000]);
            await KafkaWorker.StopAsync(process);
        }

        Assert.Equal(1, KafkaWorker.Count(worker.LettersOf(0)));
        for (int shard = 0; shard < 2; shard++)
        {
            string mark = Assert.Single(File.ReadLines(worker.LogOf(shard)), l => l.Contains("\"control\"", StringComparison.Ordinal));
            Assert.EndsWith(",\"own\":true},\"control\":\"reset\",\"stage\":\"mf\"}", mark, StringComparison.Ordinal);
            using TemporaryFolder folder = new();
            ProcessResult replay = await StreamingProcess.RunAsync(
                "replay", worker.LogOf(shard), "--pipeline", worker.PipelineFile, "--no-progress", "--set", "Source:Order=file", "--checkpoint", folder.File("snapshots"), "--events", folder.File("events.jsonl"));
            Assert.True(replay.Code == 0, replay.Error);
            Assert.Equal(await File.ReadAllBytesAsync(worker.EventsOf(shard)), await File.ReadAllBytesAsync(folder.File("events.jsonl")));
        }
    }

    private static string Lane(string name) => $$"""streaming_kafka_{{name}}{topic="events",shard="0"}""";

    private static TemporaryFolder Secrets()
    {
        TemporaryFolder secrets = new();
        File.WriteAllText(secrets.File("Http__AdminToken"), Token);
        return secrets;
    }

    private static StreamingProcess Start(KafkaWorker worker, TemporaryFolder secrets, params string[] more) =>
        StreamingProcess.Start([("STREAMING_SECRETS", secrets.Path)], [.. worker.Arguments(), "--set", "Http:Prometheus=true", .. more], TimeSpan.FromMinutes(2));

    private static async Task<HttpClient> ClientAsync(StreamingProcess process)
    {
        Assert.True(await process.WaitErrorAsync("serving on "));
        return new HttpClient { BaseAddress = new Uri(process.Said.Split("serving on ")[1].Split('\n')[0].Trim()) };
    }

    /// <summary>Scrapes until it holds, once the lane and the brokers are known.</summary>
    private static async Task<Exposition> UntilAsync(HttpClient client, StreamingProcess process, Func<Exposition, bool> condition)
    {
        string[] needed = [Lane("lag"), """streaming_kafka_brokers{state="up"}"""];
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(process.Deadline);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        string text = "";
        try
        {
            while (true)
            {
                text = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), patience.Token);
                Exposition scraped = Exposition.Parse(text);
                if (needed.All(scraped.Samples.ContainsKey) && condition(scraped)) return scraped;
                await Task.Delay(20, patience.Token);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"It has not come to that: {text}{process.Said}", e);
        }
    }

    private static async Task<HttpStatusCode> AdminAsync(HttpClient client, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"/admin/{path}", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using HttpResponseMessage response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
