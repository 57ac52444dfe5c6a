using System.Text;
using Microsoft.AspNetCore.Http;
using Endpoint = Streaming.Host.Web.Endpoint;

namespace Streaming.Host.Observability;

/// <summary>
/// Metrics at <c>/metrics</c>, as Prometheus text or OpenMetrics. Read only: a scrape asks the run for a report and waits for it for half a second at most.
/// </summary>
/// <param name="board">What goes on.</param>
/// <param name="collector">Writes it down.</param>
internal sealed class MetricsEndpoint(MetricsBoard board, MetricCollector collector)
{
    /// <summary>Where metrics are.</summary>
    public const string Path = "/metrics";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>As a server wants it.</summary>
    public Endpoint ToEndpoint() => new(Path, Endpoint.Reads, AnswerAsync);

    private async Task AnswerAsync(HttpContext context, CancellationToken ct)
    {
        await board.RefreshAsync(Patience, ct);
        board.Views.Refresh();
        ExpositionFormat format = ExpositionFormats.Negotiate(context.Request.Headers.Accept);
        byte[] body = Encoding.UTF8.GetBytes(collector.Collect(format));
        (context.Response.ContentType, context.Response.ContentLength) = (format.ContentType(), body.Length);
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, ct);
    }
}
