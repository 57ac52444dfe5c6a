using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Streaming.Host.Observability;
using Streaming.Host.Views;
using Streaming.Host.Web;
using Streaming.Ingest.WriteAhead;
using Streaming.Shared.Files;

namespace Streaming.Host.Tests.Web;

/// <summary>A worker's server on a port of its own, with a write-ahead log in a folder of its own.</summary>
internal sealed class ServedWorker : IAsyncDisposable
{
    public const string Admin = "admin-token-0123456789";
    public const string Ingest = "ingest-token-0123456789";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private WebServer _server = null!;

    private ServedWorker(bool takesEvents, long backlog, int keys) =>
        Worker = new FakeWorker { Intake = takesEvents ? new WriteAheadLog(new WriteAheadOptions { Directory = _folder.File("wal"), MaxBacklogBytes = backlog, IdempotentRequests = keys }, 1 << 20) : null };

    public FakeWorker Worker { get; }

    public EventsCounts Counts { get; } = new();

    public List<string> Said { get; } = [];

    public Uri Address => _server.Address;

    public ViewsEndpoint? Views { get; private init; }

    public static async Task<ServedWorker> StartAsync(HttpOptions? options = null, bool takesEvents = true, long backlog = 1 << 28, TimeProvider? time = null, ViewsEndpoint? views = null, int keys = 100)
    {
        ServedWorker served = new(takesEvents, backlog, keys) { Views = views };
        served.Worker.Intake?.Open();
        options ??= new HttpOptions();
        options.Port = 0;
        served._server = await WorkerServer.StartAsync(options, served.Worker, served.Worker.Intake is null ? null : served.Counts, null, served.Views, time ?? TimeProvider.System, served.Said.Add, CancellationToken.None);
        return served;
    }

    public async Task<(HttpStatusCode Code, string Body, HttpResponseHeaders Headers)> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? token = null, string? host = null)
    {
        using HttpRequestMessage request = new(method, new Uri(_server.Address, path)) { Content = content };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", token);
        if (host is not null) request.Headers.Host = host;
        using HttpResponseMessage response = await _client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public Task<(HttpStatusCode Code, string Body, HttpResponseHeaders Headers)> PostAsync(string body, string type = "application/x-ndjson", string? token = null) =>
        SendAsync(HttpMethod.Post, "/events", Lines(body, type), token);

    public static ByteArrayContent Lines(string body, string type = "application/x-ndjson")
    {
        ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        if (Worker.Intake is not null) await Worker.Intake.DisposeAsync();
        _folder.Dispose();
    }
}
