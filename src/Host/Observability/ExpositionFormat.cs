using Microsoft.Net.Http.Headers;

namespace Streaming.Host.Observability;

/// <summary>The text formats that Prometheus reads.</summary>
internal enum ExpositionFormat
{
    /// <summary>Prometheus text, version 0.0.4.</summary>
    PrometheusText,

    /// <summary>OpenMetrics text, version 1.0.0: what it says ends with <c># EOF</c>, so that half of it is noticed.</summary>
    OpenMetrics,
}

/// <summary>Which format a scraper gets.</summary>
internal static class ExpositionFormats
{
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>Value of <c>Content-Type</c>.</summary>
    public static string ContentType(this ExpositionFormat format) =>
        format == ExpositionFormat.OpenMetrics ? $"{OpenMetricsType}; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>OpenMetrics if the header asks for it, in version 1.0.0 or in any, and asks for plain text no more than that; else plain text.</summary>
    public static ExpositionFormat Negotiate(IList<string?> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept!, out IList<MediaTypeHeaderValue>? types)) return ExpositionFormat.PrometheusText;
        double open = 0, plain = 0;
        foreach (MediaTypeHeaderValue type in types)
        {
            double quality = type.Quality ?? 1;
            string? version = type.Parameters.FirstOrDefault(p => p.Name.Equals("version", StringComparison.OrdinalIgnoreCase))?.Value.Value;
            if (type.MediaType.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase) && version is null or "1.0.0") open = Math.Max(open, quality);
            if (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)) plain = Math.Max(plain, quality);
        }

        return open > 0 && open >= plain ? ExpositionFormat.OpenMetrics : ExpositionFormat.PrometheusText;
    }
}
