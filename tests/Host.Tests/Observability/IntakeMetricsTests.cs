using System.Net;
using System.Net.Sockets;
using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;
using Streaming.Host.Graph;
using Streaming.Host.Observability;
using Streaming.Host.Tests.Web;
using Streaming.Host.Web;
using Streaming.Ingest.Kafka;
using Streaming.Shared.Chaos;
using Streaming.Shared.Metrics;
using Streaming.Sinks;
using Xunit;

namespace Streaming.Host.Tests.Observability;

/// <summary>What a worker's intake and its producers count, as a scrape shows it: each number under its own name, and no series where there is nothing to say.</summary>
public class IntakeMetricsTests
{
    private static readonly string[] Families = ["streaming_kafka_", "streaming_ingest_", "streaming_wal_", "streaming_sink_"];

    [Fact]
    public void A_run_without_them_has_no_series_of_them()
    {
        MetricsBoard board = new();
        board.Add(new RunMetrics(TimeProvider.System));
        Assert.DoesNotContain(Scrape(board).Families, f => Families.Any(p => f.StartsWith(p, StringComparison.Ordinal)));
    }

    [Fact]
    public void Each_count_of_the_kafka_source_has_a_series_of_its_own()
    {
        RunMetrics shard = new(TimeProvider.System, 3);
        MetricsBoard board = new() { Kafka = new Fake() };
        board.Add(shard);
        Exposition before = Scrape(board);
        Assert.DoesNotContain("streaming_kafka_lag", before.Families); // what the stages have seen is not known yet
        using BatchPool pool = new(1, 1, 0, 0);
        BatchLease lease = pool.Rent(TestContext.Current.CancellationToken);
        lease.Batch.Position.Single.MoveCursor(1, 80);
        shard.Observe(lease.Batch);
        Exposition scraped = Scrape(board);
        (string, double)[] expected =
        [
            ("records_total", 1), ("dropped_total", 2), ("rebalances_total", 3), ("lost_total", 4), ("pauses_total", 5), ("resumes_total", 6), ("errors_total", 7), ("commits_total", 8),
            ("commit_failures_total", 9), ("connects_total", 10), ("disconnects_total", 11),
            ("""brokers{state="up"}""", 12), ("""brokers{state="connecting"}""", 13), ("""brokers{state="down"}""", 14), ("""brokers{state="idle"}""", 15),
            ("""queue_records{topic="a",shard="3"}""", 16), ("""queue_bytes{topic="a",shard="3"}""", 17), ("""paused{topic="a",shard="3"}""", 0),
            ("""queue_records{topic="b",shard="3"}""", 18), ("""queue_bytes{topic="b",shard="3"}""", 19), ("""paused{topic="b",shard="3"}""", 1), ("""lag{topic="b",shard="3"}""", 20),
            ("""queue_records{topic="b",shard="4"}""", 21), ("""queue_bytes{topic="b",shard="4"}""", 22), ("""paused{topic="b",shard="4"}""", 0),
        ];
        Assert.Equal(expected.Select(e => ("streaming_kafka_" + e.Item1, e.Item2)).Order(), scraped.Samples.Where(s => s.Key.StartsWith("streaming_kafka_", StringComparison.Ordinal)).Select(s => (s.Key, s.Value)).Order());
        lease.Batch.Position.Single.MoveCursor(1, 101); // ahead of what the broker has told
        shard.Observe(lease.Batch);
        Assert.Equal(0, Scrape(board)["""streaming_kafka_lag{topic="b",shard="3"}"""]);
        lease.Release();
    }

    [Fact]
    public async Task Requests_are_counted_by_what_became_of_them_and_what_is_in_the_log()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { IngestToken = ServedWorker.Ingest, MaxBodyBytes = 1 << 17, RequestsPerSecond = 10 }, backlog: 1 << 16, time: new StandingTime());
        MetricsBoard board = new() { Events = served.Counts, Log = served.Worker.Intake };
        Dictionary<string, int> expected = EventsOutcomes.All.ToDictionary(o => o.Label(), _ => 0);
        async Task SendAsync(string outcome, HttpStatusCode code, string body, string? key = null, string token = ServedWorker.Ingest, string type = "application/x-ndjson")
        {
            using ByteArrayContent content = ServedWorker.Lines(body, type);
            if (key is not null) content.Headers.TryAddWithoutValidation(EventsEndpoint.KeyHeader, key);
            Assert.Equal((outcome, code), (outcome, (await served.SendAsync(HttpMethod.Post, "/events", content, $"Bearer {token}")).Code));
            expected[outcome]++;
        }

        await SendAsync("accepted", HttpStatusCode.Accepted, "{}\n{}\n{}", "one");
        await SendAsync("repeated", HttpStatusCode.Accepted, "{}\n{}\n{}", "one");
        await SendAsync("key-reused", HttpStatusCode.UnprocessableEntity, "{}", "one");
        await SendAsync("bad-request", HttpStatusCode.BadRequest, "{");
        await SendAsync("unauthorized", HttpStatusCode.Unauthorized, "{}", token: "another");
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await BeginAsync(served, $"Authorization: Bearer {ServedWorker.Ingest}\r\nContent-Length: {1 << 18}"));
        expected["too-large"]++;
        await SendAsync("unsupported-type", HttpStatusCode.UnsupportedMediaType, "{}", type: "image/png");
        await SendAsync("accepted", HttpStatusCode.Accepted, "{\"a\":\"" + new string('x', 70_000) + "\"}");
        await SendAsync("full", HttpStatusCode.TooManyRequests, "{}");
        served.Worker.Health = new WorkerHealth(true, false, true, "stopping");
        await SendAsync("unavailable", HttpStatusCode.ServiceUnavailable, "{}");
        await SendAsync("rate-limited", HttpStatusCode.TooManyRequests, "{}");

        Exposition scraped = Scrape(board);
        foreach ((string outcome, int count) in expected) Assert.Equal((outcome, count), (outcome, scraped[$$"""streaming_ingest_requests_total{outcome="{{outcome}}"}"""]));
        Assert.Equal(4, scraped["streaming_ingest_records_total"]);
        Assert.Equal(4, scraped["streaming_wal_records_total"]);
        Assert.Equal(2, scraped["streaming_wal_syncs_total"]);
        Assert.True(scraped["streaming_wal_sync_seconds_total"] > 0);
        Assert.Equal(4, scraped["streaming_wal_backlog_records"]);
        Assert.InRange(scraped["streaming_wal_backlog_bytes"], 70_000, 80_000);
        Assert.Equal(1, scraped["streaming_wal_segments"]);
        Assert.Equal(1, scraped["streaming_wal_keys"]);
    }

    [Fact]
    public async Task Faults_and_senders_that_go_are_counted_too()
    {
        EventsCounts counts = new();
        await using ServedWorker served = await ServedWorker.StartAsync();
        foreach (int code in (int[])[499, 500, 400]) counts.Refuse(code);
        Assert.Equal((1L, 1L, 1L), (counts.Of(EventsOutcome.Aborted), counts.Of(EventsOutcome.Failed), counts.Of(EventsOutcome.BadRequest)));

        using TcpClient gone = new();
        await gone.ConnectAsync(IPAddress.Loopback, served.Address.Port);
        await gone.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jsonl\r\nContent-Length: 3000\r\n\r\n{"));
        gone.Client.Close();
        while (served.Counts.Of(EventsOutcome.Aborted) + served.Counts.Of(EventsOutcome.Failed) + served.Counts.Of(EventsOutcome.BadRequest) == 0) await Task.Delay(1);
        Assert.Equal(0, served.Worker.Intake!.DurableRecords);
    }

    [Fact]
    public void What_became_of_messages_is_told_of_each_sink_that_sends_some()
    {
        using BatchPool pool = new(1, 1, 0, 0);
        RunMetrics run = new(TimeProvider.System, 2);
        MetricsBoard board = new();
        board.Add(run);
        run.Begin(new RunParts(new CountingSource(1), pool, [], [new MeasuredSink(new SinkNode("out", new Sender(), null))], null));
        Exposition scraped = Scrape(board);
        Assert.Equal(5, scraped["""streaming_sink_queued{sink="out",shard="2"}"""]);
        Assert.Equal(6, scraped["""streaming_sink_delivered_total{sink="out",shard="2"}"""]);
        Assert.Equal(7, scraped["""streaming_sink_failed_total{sink="out",shard="2"}"""]);
    }

    /// <summary>The first line of the answer to a request of which only the head was sent.</summary>
    private static async Task<string?> BeginAsync(ServedWorker served, string headers)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, served.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jsonl\r\n{headers}\r\n\r\n"));
        using StreamReader answer = new(client.GetStream());
        return await answer.ReadLineAsync();
    }

    private static Exposition Scrape(MetricsBoard board)
    {
        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        string text = collector.Collect(ExpositionFormat.OpenMetrics);
        return text == "# EOF\n" ? Exposition.Parse("\n") : Exposition.Parse(text);
    }

    private sealed class Fake : IKafkaState
    {
        public KafkaSourceCounts Counts => new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

        public IReadOnlyList<KafkaLane> Lanes =>
        [
            new(3, 0, "a", 16, 17, false, 100), // nothing of this topic was seen
            new(3, 1, "b", 18, 19, true, 100),
            new(4, 1, "b", 21, 22, false, null),
        ];

        public KafkaBrokers? Brokers => new(12, 13, 14, 15);
    }

    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    private sealed class Sender : ISink, IDeliverySink
    {
        public DeliveryCounts Deliveries => new(5, 6, 7);

        public ValueTask WriteAsync(EventBatch batch, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask FlushAsync(long epoch, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
