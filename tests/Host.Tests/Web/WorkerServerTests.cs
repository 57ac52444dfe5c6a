using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Streaming.Host.Observability;
using Streaming.Host.Web;
using Xunit;

namespace Streaming.Host.Tests.Web;

public class WorkerServerTests
{
    [Fact]
    public async Task Health_is_a_code_and_a_reason()
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        Assert.Equal((HttpStatusCode.OK, "{\"status\":\"ok\"}\n"), await GetAsync(served, "/healthz"));
        served.Worker.Health = new WorkerHealth(true, false, true, "restoring \"shard 3\"");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(served, "/healthz")).Code);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(served, "/startupz")).Code);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "{\"status\":\"unavailable\",\"reason\":\"restoring \\u0022shard 3\\u0022\"}\n"), await GetAsync(served, "/readyz"));
        served.Worker.Health = new WorkerHealth(false, false, false, "");
        foreach (string path in (string[])["/healthz", "/readyz", "/startupz"]) Assert.Equal((HttpStatusCode.ServiceUnavailable, "{\"status\":\"unavailable\"}\n"), await GetAsync(served, path));
        (HttpStatusCode code, string body, _) = await served.SendAsync(HttpMethod.Head, "/healthz");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, ""), (code, body));
    }

    [Fact]
    public async Task Who_steers_must_show_the_token_and_without_one_there_is_nothing_to_steer()
    {
        await using (ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { IngestToken = ServedWorker.Ingest }))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await served.SendAsync(HttpMethod.Post, "/admin/pause", token: "Bearer ")).Code);
            Assert.Empty(served.Worker.Asked);
        }

        await using ServedWorker steered = await ServedWorker.StartAsync(new HttpOptions { IngestToken = ServedWorker.Ingest, AdminToken = ServedWorker.Admin });
        foreach (string path in (string[])["/admin/snapshot", "/admin/pause", "/admin/resume", "/admin/reset?stage=mf"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await steered.SendAsync(HttpMethod.Post, path)).Code);
            Assert.Equal(HttpStatusCode.Unauthorized, (await steered.SendAsync(HttpMethod.Post, path, token: $"Bearer {ServedWorker.Ingest}")).Code);
            Assert.Equal(HttpStatusCode.Unauthorized, (await steered.SendAsync(HttpMethod.Post, path, token: $"Bearer {ServedWorker.Admin}x")).Code);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await steered.SendAsync(HttpMethod.Get, path, token: $"Bearer {ServedWorker.Admin}")).Code);
        }

        Assert.Empty(steered.Worker.Asked);
    }

    [Theory]
    [InlineData("/admin/snapshot", HttpStatusCode.OK, "{\"snapshots\":[{\"shard\":0,\"epoch\":5,\"events\":50},{\"shard\":3,\"epoch\":7,\"events\":70}]}", "snapshot")]
    [InlineData("/admin/pause", HttpStatusCode.OK, "{\"paused\":true,\"changed\":true}", "pause")]
    [InlineData("/admin/resume", HttpStatusCode.OK, "{\"paused\":false,\"changed\":false}", "resume")]
    [InlineData("/admin/reset?stage=mf", HttpStatusCode.OK, "{\"reset\":\"mf\"}", "reset mf")]
    [InlineData("/admin/reset?stage=nope", HttpStatusCode.NotFound, "{\"error\":\"there is no stage with this id\"}", "reset nope")]
    [InlineData("/admin/reset", HttpStatusCode.BadRequest, "{\"error\":\"name a stage: /admin/reset?stage=ID\"}", null)]
    public async Task What_is_asked_of_the_worker_is_done_and_told(string path, HttpStatusCode code, string body, string? asked)
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { AdminToken = ServedWorker.Admin });
        (HttpStatusCode found, string answer, _) = await served.SendAsync(HttpMethod.Post, path, token: $"Bearer {ServedWorker.Admin}");
        Assert.Equal((code, body + "\n"), (found, answer));
        Assert.Equal(asked is null ? [] : [asked], served.Worker.Asked);
    }

    [Fact]
    public async Task A_fault_is_told_to_the_operator_and_not_to_whoever_asked()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { AdminToken = ServedWorker.Admin });
        served.Worker.Failure = new IOException("No space left on /var/lib/secret-place");
        (HttpStatusCode code, string body, _) = await served.SendAsync(HttpMethod.Post, "/admin/snapshot", token: $"Bearer {ServedWorker.Admin}");
        Assert.Equal((HttpStatusCode.InternalServerError, "{\"error\":\"failed; the log of the worker says why\"}\n"), (code, body));
        Assert.Equal(["/admin/snapshot failed: No space left on /var/lib/secret-place"], served.Said);
    }

    [Fact]
    public async Task Every_answer_forbids_sniffing_and_storing_and_names_no_server()
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        foreach (string path in (string[])["/healthz", "/nothing", "/", "/events"])
        {
            (_, _, HttpResponseHeaders headers) = await served.SendAsync(HttpMethod.Get, path);
            Assert.Equal(("nosniff", true, false), (headers.GetValues("X-Content-Type-Options").Single(), headers.CacheControl!.NoStore, headers.Contains("Server")));
        }
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task On_loopback_it_answers_only_to_a_loopback_name(string host, HttpStatusCode code)
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        Assert.Equal(code, (await served.SendAsync(HttpMethod.Get, "/healthz", host: host)).Code);
    }

    [Theory]
    [InlineData("GET /healthz?{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 414 URI Too Long")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: {0}\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large")]
    [InlineData("rubbish \r\n\r\n{0}", "HTTP/1.1 400 Bad Request")]
    public async Task Requests_that_are_too_large_or_none_end_the_connection(string request, string status)
    {
        await using ServedWorker served = await ServedWorker.StartAsync();
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, served.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, new string('x', status.Contains("400", StringComparison.Ordinal) ? 10 : 8300))));
        using StreamReader answer = new(client.GetStream());
        Assert.Equal(status, await answer.ReadLineAsync());
    }

    [Fact]
    public async Task Further_connections_than_allowed_are_closed()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(new HttpOptions { MaxConnections = 2 });
        using TcpClient one = await ConnectAsync(served), two = await ConnectAsync(served);
        using TcpClient three = new();
        await three.ConnectAsync(IPAddress.Loopback, served.Address.Port);
        Assert.Equal(0, await ReadAsync(three));
    }

    private static async Task<TcpClient> ConnectAsync(ServedWorker served)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, served.Address.Port);
        await client.GetStream().WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Assert.True(await ReadAsync(client) > 0);
        return client;
    }

    private static async Task<int> ReadAsync(TcpClient client)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        try
        {
            return await client.GetStream().ReadAsync(new byte[4096], deadline.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task<(HttpStatusCode Code, string Body)> GetAsync(ServedWorker served, string path)
    {
        (HttpStatusCode code, string body, _) = await served.SendAsync(HttpMethod.Get, path);
        return (code, body);
    }
}
