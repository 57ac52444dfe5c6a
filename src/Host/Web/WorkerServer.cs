using System.Net;
using Streaming.Host.Observability;
using Streaming.Host.Views;

namespace Streaming.Host.Web;

/// <summary>What a worker serves: its health, its metrics and views where they are wanted, events where its source takes them, and what steers it where a token for that is configured.</summary>
internal static class WorkerServer
{
    /// <summary>Starts to listen. The server is the caller's, and stops before the worker's parts are disposed of.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="worker">Whom it serves.</param>
    /// <param name="events">Counts what is sent to it; null where its source is another.</param>
    /// <param name="metrics">What a scrape sees; null where nobody scrapes.</param>
    /// <param name="views">The views across shards; null where there are none.</param>
    /// <param name="time">Refills the rates, and measures how long a scrape waits.</param>
    /// <param name="say">Takes what the operator should know, a line each.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static Task<WebServer> StartAsync(
        HttpOptions options, IWorkerControl worker, EventsCounts? events, MetricsEndpoint? metrics, ViewsEndpoint? views, TimeProvider time, Action<string> say, CancellationToken ct)
    {
        List<Endpoint> endpoints = [.. HealthEndpoints.Of(worker)];
        if (metrics is not null) endpoints.Add(metrics.ToEndpoint());
        if (views is not null) endpoints.Add(views.ToEndpoint());
        if (events is not null)
        {
            BearerToken? token = BearerToken.Of(options.IngestToken);
            endpoints.Add(EventsEndpoint.Of(worker, options.MaxBodyBytes, token, events));
            if (token is null && !IPAddress.IsLoopback(IPAddress.Parse(options.Address)))
                say($"warning: whoever reaches {options.Address}, port {options.Port}, can send events: configure Http:IngestToken");
        }

        if (BearerToken.Of(options.AdminToken) is { } admin) endpoints.AddRange(AdminEndpoints.Of(worker, admin));
        return WebServer.StartAsync("the worker", options, endpoints, time, say, ct);
    }
}
