using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Streaming.Host.Observability;

/// <summary>
/// Serves the metrics of a run at <c>/metrics</c>, while it goes on and after: Kestrel by itself, without the hosting, routing and services around it, which
/// would take longer to start than this takes to answer.
/// </summary>
/// <remarks>
/// Read only, without state of its own. A scrape asks the run for a report and waits for it for half a second at most; what is under way when the server
/// is disposed of is cut off after a second.
/// </remarks>
internal sealed class MetricsServer : IAsyncDisposable
{
    /// <summary>Where metrics are.</summary>
    public const string Path = "/metrics";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly KestrelServer _server;
    private readonly TimeProvider _time;

    private MetricsServer(KestrelServer server, TimeProvider time) => (_server, _time) = (server, time);

    /// <summary>Where it is, with the port that is in fact used.</summary>
    public Uri Address => new(new Uri(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()), Path);

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address cannot be listened on: another program does, this machine does not have it, or it takes more rights.</exception>
    public static async Task<MetricsServer> StartAsync(HttpOptions options, MetricsBoard board, MetricCollector collector, TimeProvider time, CancellationToken ct)
    {
        IPAddress address = IPAddress.Parse(options.Address);
        KestrelServerOptions kestrel = new() { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = 64;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8192;
        kestrel.Listen(address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        KestrelServer server = new(
            Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(new Application(board, collector, localOnly: IPAddress.IsLoopback(address)), ct);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            server.Dispose();
            throw new IOException($"metrics cannot be served on {options.Address}, port {options.Port}: {Reason(e)}; choose others (Http:Address, Http:Port; port 0 is any that is free)", e);
        }

        return new MetricsServer(server, time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource end = new(Farewell, _time);
        await _server.StopAsync(end.Token);
        _server.Dispose();
    }

    private static string Reason(Exception e) => (e as SocketException ?? e.GetBaseException() as SocketException)?.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program listens there",
        SocketError.AddressNotAvailable => "this machine has no such address",
        SocketError.AccessDenied => "it takes more rights than this process has",
        _ => e.GetBaseException().Message,
    };

    private sealed class Application(MetricsBoard board, MetricCollector collector, bool localOnly) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }

        public async Task ProcessRequestAsync(HttpContext context)
        {
            (HttpRequest request, HttpResponse response) = (context.Request, context.Response);
            bool isGet = HttpMethods.IsGet(request.Method);
            if (localOnly && !IsLocal(request.Host.Host)) response.StatusCode = StatusCodes.Status421MisdirectedRequest; // a page elsewhere that lets its name lead here
            else if (request.Path != Path) response.StatusCode = StatusCodes.Status404NotFound;
            else if (!isGet && !HttpMethods.IsHead(request.Method)) (response.StatusCode, response.Headers.Allow) = (StatusCodes.Status405MethodNotAllowed, "GET, HEAD");
            else await AnswerAsync(request, response, isGet, context.RequestAborted);
        }

        private async Task AnswerAsync(HttpRequest request, HttpResponse response, bool withBody, CancellationToken ct)
        {
            await board.RefreshAsync(Patience, ct);
            ExpositionFormat format = ExpositionFormats.Negotiate(request.Headers.Accept);
            byte[] body = Encoding.UTF8.GetBytes(collector.Collect(format));
            (response.ContentType, response.ContentLength) = (format.ContentType(), body.Length);
            response.Headers.CacheControl = "no-store";
            if (withBody) await response.Body.WriteAsync(body, ct);
        }

        private static bool IsLocal(string host) =>
            host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
