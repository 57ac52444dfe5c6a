using System.Net;
using System.Net.Sockets;
using System.Text;
using Streaming.Host.Observability;
using Streaming.Host.Web;
using Xunit;

namespace Streaming.Host.Tests.Web;

public class EventsEndpointTests
{
    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("application/jsonl")]
    [InlineData("application/json")]
    [InlineData("text/plain; charset=UTF-8")]
    public async Task Events_are_accepted_when_they_are_in_the_log(string type)
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        (HttpStatusCode code, string body, _) = await served.PostAsync("{\"user\":\"a\"}\n{\"user\":\"b\"}\n", type);
        Assert.Equal((HttpStatusCode.Accepted, "{\"accepted\":2}\n"), (code, body));
        Assert.Equal(2, served.Worker.Intake!.DurableRecords);
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("")]
    [InlineData("text/plain; charset=latin1")]
    public async Task Anything_but_json_lines_is_refused(string type)
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await served.PostAsync("{}", type)).Code);
        using ByteArrayContent compressed = ServedWorker.Lines("{}");
        compressed.Headers.ContentEncoding.Add("gzip");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await served.SendAsync(HttpMethod.Post, "/events", compressed)).Code);
        Assert.Equal(0, served.Worker.Intake!.DurableRecords);
    }

    [Fact]
    public async Task Lines_that_are_no_records_are_named_and_nothing_is_taken()
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        (HttpStatusCode code, string body, _) = await served.PostAsync("{}\nfoo\n\n[{}]\n");
        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Contains("\"lines\":[{\"line\":2,\"error\":\"is no JSON object", body, StringComparison.Ordinal);
        Assert.Contains("{\"line\":4,", body, StringComparison.Ordinal);
        Assert.Equal(0, served.Worker.Intake!.DurableRecords);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_refused_whether_it_says_its_length_or_not(bool chunked)
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { MaxBodyBytes = 2048 });
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, served.Address.Port);
        string head = $"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jsonl\r\n{(chunked ? "Transfer-Encoding: chunked" : "Content-Length: 3000")}\r\n\r\n";
        string body = "{\"a\":\"" + new string('x', 2992) + "\"}";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + (chunked ? $"{3000:x}\r\n{body}\r\n0\r\n\r\n" : body)));
        using StreamReader answer = new(client.GetStream());
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await answer.ReadLineAsync());
        Assert.Equal(0, served.Worker.Intake!.DurableRecords);
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_is_taken()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { MaxBodyBytes = 2048 });
        Assert.Equal(HttpStatusCode.Accepted, (await served.PostAsync("{\"a\":\"" + new string('x', 2040) + "\"}")).Code);
    }

    [Fact]
    public async Task When_the_stream_lags_too_far_behind_the_sender_is_told_to_come_back()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(backlog: 1 << 16);
        string body = "{\"a\":\"" + new string('x', 70_000) + "\"}";
        Assert.Equal(HttpStatusCode.Accepted, (await served.PostAsync(body)).Code);
        (HttpStatusCode code, string reason, System.Net.Http.Headers.HttpResponseHeaders headers) = await served.PostAsync("{}");
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (code, headers.RetryAfter!.Delta));
        Assert.Contains("Source:WriteAhead:MaxBacklogBytes", reason, StringComparison.Ordinal);
        Assert.Equal(1, served.Worker.Intake!.DurableRecords);
    }

    [Fact]
    public async Task While_it_is_not_ready_or_its_log_is_closed_nothing_is_taken()
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        served.Worker.Health = new WorkerHealth(true, false, true, "stopping");
        (HttpStatusCode code, string body, _) = await served.PostAsync("{}");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "{\"error\":\"stopping\"}\n"), (code, body));
        served.Worker.Health = new WorkerHealth(true, true, true, "");
        await served.Worker.Intake!.DisposeAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await served.PostAsync("{}")).Code);
        Assert.Equal(0, served.Worker.Intake.DurableRecords);
    }

    [Fact]
    public async Task A_token_is_needed_where_one_is_configured()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { IngestToken = ServedWorker.Ingest, AdminToken = ServedWorker.Admin });
        foreach (string? token in (string?[])[null, "", "Bearer", "Bearer x", $"Bearer {ServedWorker.Admin}", $"Basic {ServedWorker.Ingest}", ServedWorker.Ingest])
        {
            (HttpStatusCode code, _, System.Net.Http.Headers.HttpResponseHeaders headers) = await served.PostAsync("{}", token: token);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (code, headers.WwwAuthenticate.ToString()));
        }

        Assert.Equal(HttpStatusCode.Accepted, (await served.PostAsync("{}", token: $"bearer {ServedWorker.Ingest}")).Code);
        Assert.Equal(1, served.Worker.Intake!.DurableRecords);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_under_its_key_is_answered_as_the_first_and_writes_nothing()
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            (HttpStatusCode code, string body) = await SendAsync(served, "{}\n{}", "\"8e03978e-40d5\"");
            Assert.Equal((HttpStatusCode.Accepted, i == 0 ? "{\"accepted\":2}\n" : "{\"accepted\":2,\"repeated\":true}\n"), (code, body));
        }

        (HttpStatusCode other, string reason) = await SendAsync(served, "{}", "\"8e03978e-40d5\"");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "{\"error\":\"nothing was taken: the same Idempotency-Key was sent with other events\"}\n"), (other, reason));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(served, "{}", "another")).Code);
        Assert.Equal(3, served.Worker.Intake!.DurableRecords);
    }

    [Fact]
    public async Task A_key_that_is_none_or_is_not_remembered_is_refused_rather_than_passed_over()
    {
        await using (ServedWorker served = await ServedWorker.StartAsync())
        {
            foreach (string key in (string[])["", " ", "a b", "ä", new string('k', 256)])
            {
                (HttpStatusCode code, string body) = await SendAsync(served, "{}", key);
                Assert.Equal((key, HttpStatusCode.BadRequest), (key, code));
                Assert.Contains("1 to 255 visible characters of ASCII", body, StringComparison.Ordinal);
            }

            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(served, "{}", "one", "two")).Code);
            Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(served, "{}", new string('k', 255))).Code);
            Assert.Equal(1, served.Worker.Intake!.DurableRecords);
        }

        await using ServedWorker none = await ServedWorker.StartAsync(keys: 0);
        (HttpStatusCode refused, string reason) = await SendAsync(none, "{}", "one");
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("Source:WriteAhead:IdempotentRequests is 0", reason, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await none.PostAsync("{}")).Code);
    }

    [Fact]
    public async Task A_worker_with_another_source_takes_none()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(takesEvents: false);
        Assert.Equal(HttpStatusCode.NotFound, (await served.PostAsync("{}")).Code);
    }

    [Fact]
    public async Task Whoever_asks_too_often_is_told_when_to_come_back_but_health_is_told_always()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { RequestsPerSecond = 0.01 });
        Assert.Equal(HttpStatusCode.Accepted, (await served.PostAsync("{}")).Code);
        (HttpStatusCode code, _, System.Net.Http.Headers.HttpResponseHeaders headers) = await served.PostAsync("{}");
        Assert.Equal(HttpStatusCode.TooManyRequests, code);
        Assert.InRange(headers.RetryAfter!.Delta!.Value.TotalSeconds, 60, 100);
        for (int i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, (await served.SendAsync(HttpMethod.Get, "/healthz")).Code);
    }

    [Theory]
    [InlineData("0.0.0.0", null, true)]
    [InlineData("0.0.0.0", ServedWorker.Ingest, false)]
    [InlineData("127.0.0.1", null, false)]
    public async Task An_address_that_others_reach_without_a_token_is_warned_of(string address, string? token, bool warned)
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { Address = address, IngestToken = token });
        Assert.Equal(warned ? 1 : 0, served.Said.Count(s => s.Contains("Http:IngestToken", StringComparison.Ordinal)));
    }

    private static async Task<(HttpStatusCode Code, string Body)> SendAsync(ServedWorker served, string body, params string[] keys)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, served.Address.Port);
        string head = string.Concat(keys.Select(k => $"Idempotency-Key: {k}\r\n"));
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"POST /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/jsonl\r\n{head}Content-Length: {body.Length}\r\n\r\n{body}"));
        using StreamReader answer = new(client.GetStream());
        string[] text = (await answer.ReadToEndAsync()).Split("\r\n\r\n", 2);
        return ((HttpStatusCode)int.Parse(text[0].AsSpan(9, 3)), text[1]);
    }

    [Fact]
    public async Task Many_senders_at_once_lose_nothing()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { RequestsPerSecond = 0 });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async sender =>
        {
            for (int i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.Accepted, (await served.PostAsync($"{{\"user\":\"{sender}\",\"item\":\"{i}\"}}\n{{}}")).Code);
        }));
        Assert.Equal(400, served.Worker.Intake!.DurableRecords);
        string[] lines = [.. Directory.GetFiles(served.Worker.Intake.Folder, "*.jsonl").SelectMany(File.ReadLines)];
        Assert.Equal(200, lines.Where(l => l.Contains("user", StringComparison.Ordinal)).Select(l => l[l.IndexOf("\"user\"", StringComparison.Ordinal)..]).Distinct().Count());
    }
}
