using Streaming.Host.Web;

namespace Streaming.Host.Observability;

/// <summary>Serves the metrics of a replay, and nothing else, while it goes on and after.</summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private readonly WebServer _server;

    private MetricsServer(WebServer server) => _server = server;

    /// <summary>Where they are, with the port that is in fact used.</summary>
    public Uri Address => new(_server.Address, MetricsEndpoint.Path);

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address cannot be listened on: another program does, this machine does not have it, or it takes more rights.</exception>
    public static async Task<MetricsServer> StartAsync(HttpOptions options, MetricsBoard board, MetricCollector collector, TimeProvider time, CancellationToken ct) =>
        new(await WebServer.StartAsync("metrics", options, [new MetricsEndpoint(board, collector).ToEndpoint()], time, line => Console.Error.WriteLine(line), ct));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
