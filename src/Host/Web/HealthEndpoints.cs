using Microsoft.AspNetCore.Http;

namespace Streaming.Host.Web;

/// <summary>
/// Whether the worker is alive (<c>/healthz</c>: restart it if not), ready (<c>/readyz</c>: send it events) and started (<c>/startupz</c>): 200 or 503, with the reason in a
/// word or two.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>The three.</summary>
    public static IEnumerable<Endpoint> Of(IWorkerControl worker) =>
    [
        Probe("/healthz", worker, h => h.IsAlive),
        Probe("/readyz", worker, h => h.IsReady),
        Probe("/startupz", worker, h => h.IsStarted),
    ];

    private static Endpoint Probe(string path, IWorkerControl worker, Func<WorkerHealth, bool> isGood) =>
        new(path, Endpoint.Reads, (context, _) =>
        {
            WorkerHealth health = worker.Health;
            bool good = isGood(health);
            return JsonAnswer.WriteAsync(context, good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json =>
            {
                json.WriteString("status", good ? "ok" : "unavailable");
                if (!good && health.Reason.Length > 0) json.WriteString("reason", health.Reason);
            });
        })
        {
            IsLimited = false,
        };
}
