using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Streaming.Host.Observability;
using Streaming.Shared.Metrics;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Observability;

public class MetricsServerTests
{
    [Fact]
    public async Task It_answers_get_and_head_in_either_format_and_nothing_else()
    {
        using Served served = await Served.StartAsync();
        HttpResponseMessage plain = await served.SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", plain.Content.Headers.ContentType!.ToString());
        string text = await plain.Content.ReadAsStringAsync();
        Assert.Contains("process_cpu_seconds_total", Exposition.Parse(text).Samples.Keys);
        HttpResponseMessage open = await served.SendAsync(HttpMethod.Get, "/metrics", accept: "application/openmetrics-text; version=1.0.0");
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", open.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("# EOF\n", await open.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        HttpResponseMessage head = await served.SendAsync(HttpMethod.Head, "/metrics");
        Assert.Equal((HttpStatusCode.OK, ""), (head.StatusCode, await head.Content.ReadAsStringAsync()));
        Assert.True(head.Content.Headers.ContentLength > 1000);
        Assert.Equal(HttpStatusCode.NotFound, (await served.SendAsync(HttpMethod.Get, "/")).StatusCode);
        HttpResponseMessage post = await served.SendAsync(HttpMethod.Post, "/metrics");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (post.StatusCode, string.Join(", ", post.Content.Headers.Allow)));
    }

    [Theory]
    [InlineData("localhost:9464", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("10.0.0.1", HttpStatusCode.MisdirectedRequest)]
    public async Task On_loopback_it_answers_only_to_a_loopback_name(string host, HttpStatusCode code)
    {
        using Served served = await Served.StartAsync();
        Assert.Equal(code, (await served.SendAsync(HttpMethod.Get, "/metrics", host: host)).StatusCode);
    }

    [Fact]
    public async Task A_port_in_use_ends_a_replay_with_74_and_says_what_to_do()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ProcessResult result = await StreamingProcess.RunAsync("replay", "--limit", "1000", "--no-progress", "--metrics", "--set", $"Http:Port={port}");
        Assert.Equal((74, ""), (result.Code, result.Output));
        Assert.Equal($"metrics cannot be served on 127.0.0.1, port {port}: another program listens there; choose others (Http:Address, Http:Port; port 0 is any that is free)\n", result.Error);
    }

    [Fact]
    public async Task An_address_that_this_machine_does_not_have_ends_a_replay_with_74()
    {
        ProcessResult result = await StreamingProcess.RunAsync("replay", "--limit", "1000", "--no-progress", "--metrics", "--set", "Http:Address=192.0.2.1");
        Assert.Equal(74, result.Code);
        Assert.Contains("192.0.2.1, port 9464: this machine has no such address", result.Error, StringComparison.Ordinal);
    }

    private sealed class Served : IDisposable
    {
        private readonly Instruments _instruments;
        private readonly MetricCollector _collector;
        private readonly HttpClient _client = new();
        private MetricsServer _server = null!;

        private Served(MetricsBoard board) => (_instruments, _collector) = Make(board);

        public static async Task<Served> StartAsync()
        {
            MetricsBoard board = new();
            board.Add(new RunMetrics(TimeProvider.System));
            Served served = new(board);
            served._server = await MetricsServer.StartAsync(new HttpOptions { Port = 0 }, board, served._collector, TimeProvider.System, CancellationToken.None);
            return served;
        }

        public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? accept = null, string? host = null)
        {
            HttpRequestMessage request = new(method, new Uri(_server.Address, path));
            if (accept is not null) request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
            if (host is not null) request.Headers.Host = host;
            return _client.SendAsync(request);
        }

        public void Dispose()
        {
            _client.Dispose();
            _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _collector.Dispose();
            _instruments.Dispose();
        }

        private static (Instruments Instruments, MetricCollector Collector) Make(MetricsBoard board)
        {
            Instruments instruments = new(board);
            return (instruments, new MetricCollector(instruments.Meter));
        }
    }
}
