using Streaming.Host.Observability;
using Xunit;

namespace Streaming.Host.Tests.Observability;

public class ExpositionFormatTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("APPLICATION/OpenMetrics-Text; Version=1.0.0", true)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;version=2.0.0", false)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0", false)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.5", false)]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    [InlineData("nonsense;;;", false)]
    public void A_scraper_gets_what_it_asks_for(string? accept, bool open)
    {
        ExpositionFormat format = ExpositionFormats.Negotiate(accept is null ? [] : [accept]);
        Assert.Equal(open ? ExpositionFormat.OpenMetrics : ExpositionFormat.PrometheusText, format);
        Assert.StartsWith(open ? "application/openmetrics-text; version=1.0.0" : "text/plain; version=0.0.4", format.ContentType(), StringComparison.Ordinal);
    }
}
