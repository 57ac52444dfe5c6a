using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Randomness;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Shared.Metrics;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Http;

/// <summary>A worker that takes events over HTTP: what it has answered with 202 is learned once, whatever happens to the process, and its write-ahead log replays to the same numbers.</summary>
public class HttpWorkerTests
{
    private const int Kills = 4;

    [Fact]
    public async Task Accepted_events_survive_kills_and_the_log_replays_to_the_live_numbers()
    {
        using TemporaryFolder folder = new();
        int port = FreePort(), sent = 0;
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        for (int life = 0; life <= Kills; life++)
        {
            using StreamingProcess worker = StreamingProcess.Start(Arguments(folder, port));
            await ReadyAsync(client, worker);
            for (int request = 0; request < 20; request++)
            {
                using HttpResponseMessage answer = await client.PostAsync(new Uri("/events", UriKind.Relative), Events(sent, 50));
                string text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
                Assert.Contains("\"accepted\":50", text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
                sent += 50;
            }

            if (life < Kills)
            {
                worker.Kill();
                Assert.Equal(StreamingProcess.Killed, (await worker.EndAsync()).Code);
                continue;
            }

            // What is accepted is on the disk; what the stream has not taken yet waits there for the next start. This one takes it all.
            while (!(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains($"streaming_source_events_total{{shard=\"0\"}} {sent}\n", StringComparison.Ordinal)) await Task.Yield();
            worker.Signal(StreamingProcess.Terminate);
            ProcessResult ended = await worker.EndAsync();
            Assert.True(ended.Code == 0, ended.Error);
        }

        Assert.Equal(sent, File.ReadLines(folder.File("events.jsonl")).Count());
        ProcessResult replay = await StreamingProcess.RunShellAsync(
            $"{StreamingProcess.Program} replay wal/*.jsonl --pipeline {Sample("http.json")} --no-progress --set Source:Order=file --checkpoint replayed --events replayed.jsonl", folder.Path);
        Assert.True(replay.Code == 0, replay.Error);
        Assert.Equal(await File.ReadAllTextAsync(folder.File("events.jsonl")), await File.ReadAllTextAsync(folder.File("replayed.jsonl")));
    }

    [Fact]
    public async Task A_stage_that_was_reset_is_reset_again_after_a_kill_and_in_every_replay_to_the_last_bit()
    {
        using TemporaryFolder folder = new();
        int port = FreePort(), sent = 0;
        (string, string)[] environment = [("STREAMING_SECRETS", folder.File("secrets"))];
        Directory.CreateDirectory(folder.File("secrets"));
        await File.WriteAllTextAsync(folder.File("secrets/Http__AdminToken"), "a-token-of-the-tests");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        for (int life = 0; life <= 3; life++)
        {
            // A snapshot each 300 records: the resets lie between two, and the next life finds them in the log alone.
            using StreamingProcess worker = StreamingProcess.Start(environment, Arguments(folder, port));
            await ReadyAsync(client, worker);
            for (int request = 0; request < 5; request++, sent += 50) Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(client, Events(sent, 50))).Code);
            (HttpStatusCode code, string text) = await AdminAsync(client, "reset?stage=mf", "a-token-of-the-tests");
            Assert.Equal((HttpStatusCode.OK, "{\"reset\":\"mf\"}\n"), (code, text));
            if (life == 1) Assert.Equal(HttpStatusCode.OK, (await AdminAsync(client, "reset?stage=lin-ucb", "a-token-of-the-tests")).Code);
            for (int request = 0; request < 2; request++, sent += 50) Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(client, Events(sent, 50))).Code);
            if (life < 3)
            {
                worker.Kill();
                Assert.Equal(StreamingProcess.Killed, (await worker.EndAsync()).Code);
                continue;
            }

            while (!(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains($"streaming_source_events_total{{shard=\"0\"}} {sent}\n", StringComparison.Ordinal)) await Task.Yield();
            Exposition scraped = Exposition.Parse(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
            Assert.Equal(7, scraped["""streaming_ingest_requests_total{outcome="accepted"}"""]);
            Assert.Equal((351, 0), (scraped["streaming_wal_records_total"], scraped["streaming_wal_backlog_records"]));
            worker.Signal(StreamingProcess.Terminate);
            ProcessResult ended = await worker.EndAsync();
            Assert.True(ended.Code == 0, ended.Error);
        }

        Assert.Equal(5, File.ReadLines(folder.File("log.jsonl")).Count(l => l.Contains("\"own\":true},\"control\":\"reset\",\"stage\":", StringComparison.Ordinal)));
        string live = await File.ReadAllTextAsync(folder.File("events.jsonl"));
        Assert.Equal(sent, live.Count(c => c == '\n'));
        foreach (string log in (string[])["wal/*.jsonl", "log.jsonl"])
        {
            ProcessResult replay = await StreamingProcess.RunShellAsync(
                $"{StreamingProcess.Program} replay {log} --format jsonl --pipeline {Sample("http.json")} --no-progress --set Source:Order=file --checkpoint replayed --events replayed.jsonl", folder.Path);
            Assert.True(replay.Code == 0, replay.Error);
            Assert.Equal(live, await File.ReadAllTextAsync(folder.File("replayed.jsonl")));
            Directory.Delete(folder.File("replayed"), recursive: true);
        }

        // Without the resets the numbers are others.
        await File.WriteAllLinesAsync(folder.File("without.jsonl"), File.ReadLines(folder.File("log.jsonl")).Where(l => !l.Contains("\"control\"", StringComparison.Ordinal)));
        ProcessResult other = await StreamingProcess.RunShellAsync(
            $"{StreamingProcess.Program} replay without.jsonl --format jsonl --pipeline {Sample("http.json")} --no-progress --set Source:Order=file --checkpoint replayed --events replayed.jsonl", folder.Path);
        Assert.True(other.Code == 0, other.Error);
        Assert.NotEqual(live, await File.ReadAllTextAsync(folder.File("replayed.jsonl")));
    }

    [Fact]
    public async Task A_request_that_is_sent_until_it_is_answered_counts_once_however_often_the_worker_is_killed()
    {
        using TemporaryFolder folder = new();
        int port = FreePort(), sent = 0, lost = 0, repeated = 0;
        CounterRng rng = new(7, 1);
        for (int life = 0; life <= 8; life++)
        {
            using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            using StreamingProcess worker = StreamingProcess.Start(Arguments(folder, port));
            await ReadyAsync(client, worker);
            Task killed = Task.CompletedTask;
            for (int request = 0; life < 8 || request < 20; request++)
            {
                if (life < 8 && request == 10) killed = KillAsync(worker, (int)rng.NextBelow(20));
                try
                {
                    (HttpStatusCode code, string text) = await PostAsync(client, Events(sent, 50), $"\"{sent}\"");
                    Assert.True(code == HttpStatusCode.Accepted, text);
                    Assert.Contains("\"accepted\":50", text, StringComparison.Ordinal);
                    if (text.Contains("\"repeated\":true", StringComparison.Ordinal)) repeated++;
                    // Some answers get lost on the way back: the sender cannot tell that from a kill.
                    if (rng.NextBelow(5) == 0) lost++;
                    else sent += 50;
                }
                catch (HttpRequestException) when (life < 8)
                {
                    break;
                }
            }

            await killed;
            if (life < 8)
            {
                Assert.Equal(StreamingProcess.Killed, (await worker.EndAsync()).Code);
                continue;
            }

            // The last answer may have been lost.
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(client, Events(sent, 50), $"\"{sent}\"")).Code);
            sent += 50;
            while (!(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains($"streaming_source_events_total{{shard=\"0\"}} {sent}\n", StringComparison.Ordinal)) await Task.Yield();
            worker.Signal(StreamingProcess.Terminate);
            ProcessResult ended = await worker.EndAsync();
            Assert.True(ended.Code == 0, ended.Error);
        }

        Assert.True(lost > 0 && repeated > 0);
        Assert.Equal(Enumerable.Range(0, sent), Directory.GetFiles(folder.File("wal"), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Select(TimeOf));
        Assert.Equal(sent, File.ReadLines(folder.File("events.jsonl")).Count());
    }

    [Fact]
    public async Task A_worker_can_be_steered_by_whoever_has_the_token()
    {
        using TemporaryFolder folder = new();
        int port = FreePort();
        Directory.CreateDirectory(folder.File("secrets"));
        await File.WriteAllTextAsync(folder.File("secrets/Http__AdminToken"), "a token of the tests\n".Replace(' ', '-'));
        using StreamingProcess worker = StreamingProcess.Start([("STREAMING_SECRETS", folder.File("secrets"))], Arguments(folder, port));
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await ReadyAsync(client, worker);
        using (HttpResponseMessage taken = await client.PostAsync(new Uri("/events", UriKind.Relative), Events(0, 50))) Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AdminAsync(client, "snapshot", "another")).Code);
        (HttpStatusCode code, string text) = await AdminAsync(client, "snapshot", "a-token-of-the-tests");
        Assert.Equal((HttpStatusCode.OK, "{\"snapshots\":[{\"shard\":0,\"epoch\":1,\"events\":50}]}"), (code, text.Trim()));
        Assert.Equal(HttpStatusCode.OK, (await AdminAsync(client, "pause", "a-token-of-the-tests")).Code);
        using (HttpResponseMessage paused = await client.GetAsync(new Uri("/readyz", UriKind.Relative))) Assert.Equal(HttpStatusCode.ServiceUnavailable, paused.StatusCode);
        using (HttpResponseMessage alive = await client.GetAsync(new Uri("/healthz", UriKind.Relative))) Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await AdminAsync(client, "snapshot", "a-token-of-the-tests")).Code);
        Assert.Equal(HttpStatusCode.Conflict, (await AdminAsync(client, "reset?stage=mf", "a-token-of-the-tests")).Code);
        Assert.Equal(HttpStatusCode.OK, (await AdminAsync(client, "resume", "a-token-of-the-tests")).Code);
        Assert.Equal(HttpStatusCode.OK, (await AdminAsync(client, "reset?stage=mf", "a-token-of-the-tests")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await AdminAsync(client, "reset?stage=nothing", "a-token-of-the-tests")).Code);
        string metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("streaming_source_events_total{shard=\"0\"} 50\n", metrics, StringComparison.Ordinal);
        Assert.Contains("streaming_users{kind=\"model\",stage=\"mf\",type=\"biased-mf\",shard=\"0\"} 0\n", metrics, StringComparison.Ordinal); // it begins anew
        worker.Signal(StreamingProcess.Terminate);
        ProcessResult ended = await worker.EndAsync();
        Assert.True(ended.Code == 0, ended.Error);
        Assert.DoesNotContain("a-token-of-the-tests", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Views_are_served_as_of_the_last_multiple_of_records_and_again_after_a_restart_at_the_next()
    {
        using TemporaryFolder folder = new();
        int port = FreePort();
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        string[] arguments = [.. Arguments(folder, port), "--set", "Worker:ViewEvery=40"];
        using (StreamingProcess worker = StreamingProcess.Start(arguments))
        {
            await ReadyAsync(client, worker);
            using (HttpResponseMessage taken = await client.PostAsync(new Uri("/events", UriKind.Relative), Events(0, 100))) Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
            string views = await UntilAsync(client, "/views", "\"at\":80");
            Assert.Contains("\"top\":{\"type\":\"space-saving\",\"shards\":[{\"shard\":0,\"at\":80}],\"report\":{\"total\":80}}", views, StringComparison.Ordinal);
            string metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            Assert.Contains("streaming_view_occurrences{kind=\"sketch\",stage=\"top\",type=\"space-saving\"} 80\n", metrics, StringComparison.Ordinal);
            Assert.Contains("streaming_view_records{kind=\"sketch\",stage=\"users\",type=\"hyperloglog\",shard=\"0\"} 80\n", metrics, StringComparison.Ordinal);
            await UntilAsync(client, "/metrics", "streaming_occurrences_total{kind=\"sketch\",stage=\"top\",type=\"space-saving\",shard=\"0\"} 100\n");
            await StopAsync(worker);
        }

        using StreamingProcess next = StreamingProcess.Start(arguments);
        await ReadyAsync(client, next);
        Assert.Contains("\"top\":{\"type\":\"space-saving\",\"shards\":[],\"report\":null}", await client.GetStringAsync(new Uri("/views", UriKind.Relative)), StringComparison.Ordinal);
        using (HttpResponseMessage taken = await client.PostAsync(new Uri("/events", UriKind.Relative), Events(100, 21))) Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        Assert.Contains("\"at\":120}],\"report\":{\"total\":120}", await UntilAsync(client, "/views", "\"at\":120"), StringComparison.Ordinal);
        await StopAsync(next);
    }

    private static async Task StopAsync(StreamingProcess worker)
    {
        worker.Signal(StreamingProcess.Terminate);
        ProcessResult ended = await worker.EndAsync();
        Assert.True(ended.Code == 0, ended.Error);
    }

    private static async Task<string> UntilAsync(HttpClient client, string path, string wanted)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromMinutes(1));
        while (true)
        {
            string text = await client.GetStringAsync(new Uri(path, UriKind.Relative), deadline.Token);
            if (text.Contains(wanted, StringComparison.Ordinal)) return text;
            await Task.Delay(5, deadline.Token);
        }
    }

    private static string Sample(string name) => Path.Combine(SharedData.Root, "samples", "live", name);

    private static string[] Arguments(TemporaryFolder folder, int port) =>
    [
        "run", "--pipeline", Sample("http.json"), "--set", $"Http:Port={port}", "--set", "Http:Prometheus=true", "--set", "Log:Format=text", "--set", $"Source:WriteAhead:Directory={folder.File("wal")}",
        "--set", $"Snapshots:Directory={folder.File("snapshots")}", "--set", "Snapshots:Every=300", "--set", "Sinks:log:Type=log", "--set", $"Sinks:log:File={folder.File("log.jsonl")}",
        "--set", "Sinks:dead-letters:Type=dead-letters", "--set", $"Sinks:dead-letters:File={folder.File("letters.jsonl")}", "--set", "Sinks:all:Type=events", "--set", $"Sinks:all:File={folder.File("events.jsonl")}",
    ];

    private static StringContent Events(int first, int count)
    {
        StringBuilder lines = new();
        for (int i = first; i < first + count; i++) lines.Append(CultureInfo.InvariantCulture, $$"""{"ts":{{1_700_000_000 + i}},"user":"u{{i % 37}}","item":"i{{i % 23}}","value":{{1 + (i % 5)}}}""").Append('\n');
        return new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
    }

    private static int TimeOf(string line)
    {
        using JsonDocument record = JsonDocument.Parse(line);
        return (int)(record.RootElement.GetProperty("ts").GetInt64() - 1_700_000_000);
    }

    private static async Task KillAsync(StreamingProcess worker, int milliseconds)
    {
        await Task.Delay(milliseconds);
        worker.Kill();
    }

    private static async Task<(HttpStatusCode Code, string Text)> PostAsync(HttpClient client, HttpContent events, string? key = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("/events", UriKind.Relative)) { Content = events };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using HttpResponseMessage answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<(HttpStatusCode Code, string Text)> AdminAsync(HttpClient client, string path, string token)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"/admin/{path}", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", token);
        using HttpResponseMessage answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task ReadyAsync(HttpClient client, StreamingProcess worker)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromMinutes(1));
        while (true)
        {
            Assert.False(worker.HasEnded);
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri("/readyz", UriKind.Relative), deadline.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(5, deadline.Token);
        }
    }

    private static int FreePort()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
