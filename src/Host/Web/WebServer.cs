using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Streaming.Host.Observability;

namespace Streaming.Host.Web;

/// <summary>
/// Serves endpoints over HTTP/1.1: Kestrel by itself, without the hosting, routing and services around it, which would take longer to start than this takes to answer.
/// </summary>
/// <remarks>
/// No state of its own but the rates of addresses. Bounded: connections, header and body sizes, the time that a request may take to arrive. On a loopback address it answers
/// only to a loopback name, so that no page elsewhere can lead a browser here. What is under way when the server is disposed of is cut off after a second.
/// </remarks>
internal sealed class WebServer : IAsyncDisposable
{
    private const int MaxHeaderBytes = 8192;
    private const int MaxHeaders = 64;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);

    private readonly KestrelServer _server;
    private readonly TimeProvider _time;

    private WebServer(KestrelServer server, TimeProvider time) => (_server, _time) = (server, time);

    /// <summary>Where it is, with the port that is in fact used.</summary>
    public Uri Address => new(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>Starts to listen.</summary>
    /// <param name="what">What is served, for people.</param>
    /// <param name="options">Valid.</param>
    /// <param name="endpoints">What is served.</param>
    /// <param name="time">Refills the rates.</param>
    /// <param name="say">Takes what the operator should know: a fault while answering.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="IOException">The address cannot be listened on: another program does, this machine does not have it, or it takes more rights.</exception>
    public static async Task<WebServer> StartAsync(
        string what, HttpOptions options, IReadOnlyList<Endpoint> endpoints, TimeProvider time, Action<string> say, CancellationToken ct)
    {
        IPAddress address = IPAddress.Parse(options.Address);
        KestrelServerOptions kestrel = new() { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxRequestBodySize = endpoints.Any(e => e.Methods == Endpoint.Writes) ? options.MaxBodyBytes : 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
        kestrel.Limits.MaxRequestLineSize = MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = HeaderPatience;
        kestrel.Listen(address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        KestrelServer server = new(
            Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
        RateLimiter? limiter = options.RequestsPerSecond > 0 ? new RateLimiter(options.RequestsPerSecond, time) : null;
        try
        {
            await server.StartAsync(new WebApplication(endpoints, limiter, localOnly: IPAddress.IsLoopback(address), say), ct);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            server.Dispose();
            throw new IOException($"{what} cannot be served on {options.Address}, port {options.Port}: {Reason(e)}; choose others (Http:Address, Http:Port; port 0 is any that is free)", e);
        }

        return new WebServer(server, time);
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
}
