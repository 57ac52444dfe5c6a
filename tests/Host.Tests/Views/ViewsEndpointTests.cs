using System.Net;
using Streaming.Host.Observability;
using Streaming.Host.Tests.Web;
using Streaming.Host.Views;
using Streaming.Host.Web;
using Streaming.Shared.Metrics;
using Xunit;

namespace Streaming.Host.Tests.Views;

public class ViewsEndpointTests
{
    [Fact]
    public async Task Views_are_told_with_their_shards_and_names_only_to_those_who_show_the_token()
    {
        ViewBoard board = new();
        using Sketched s0 = new(board, 0, Sketched.Top), s3 = new(board, 3, Sketched.Top);
        await using ServedWorker served = await ServedWorker.StartAsync(
            new HttpOptions { AdminToken = ServedWorker.Admin }, takesEvents: false, views: new ViewsEndpoint(board, 100, BearerToken.Of(ServedWorker.Admin)));
        Assert.Equal("""{"every":100,"stages":{"sketch":{"type":"space-saving","shards":[],"report":null}}}""", await GetAsync(served));
        s3.Publish(200);
        s0.Publish(1);
        const string shards = """{"every":100,"stages":{"sketch":{"type":"space-saving","shards":[{"shard":0,"at":1},{"shard":3,"at":200}],"report":{"total":201""";
        Assert.Equal(shards + "}}}}", await GetAsync(served));
        Assert.Equal(shards + "}}}}", await GetAsync(served, "Bearer another-token-0123456789"));
        string named = await GetAsync(served, $"Bearer {ServedWorker.Admin}");
        Assert.StartsWith(shards + ""","top":[{"key":"a long user name """, named, StringComparison.Ordinal);
        (HttpStatusCode code, string body, _) = await served.SendAsync(HttpMethod.Head, "/views");
        Assert.Equal((HttpStatusCode.OK, ""), (code, body));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await served.SendAsync(HttpMethod.Post, "/views")).Code);
    }

    [Fact]
    public async Task Where_there_are_no_views_there_is_no_such_path()
    {
        await using ServedWorker served = await ServedWorker.StartAsync(takesEvents: false);
        Assert.Equal(HttpStatusCode.NotFound, (await served.SendAsync(HttpMethod.Get, "/views")).Code);
    }

    [Fact]
    public void Views_are_series_of_their_own_names_without_a_shard()
    {
        MetricsBoard board = new();
        using Sketched s0 = new(board.Views, 0, Sketched.Top), s3 = new(board.Views, 3, Sketched.Top);
        using Instruments instruments = new(board);
        using MetricCollector collector = new(instruments.Meter);
        s3.Publish(200);
        board.Views.Refresh();
        const string stage = "kind=\"sketch\",stage=\"sketch\",type=\"space-saving\"";
        Exposition exposition = Exposition.Parse(collector.Collect(ExpositionFormat.OpenMetrics));
        Assert.Equal(200, exposition[$"streaming_view_occurrences{{{stage}}}"]);
        Assert.Equal(1, exposition[$"streaming_view_shards{{{stage}}}"]);
        s0.Publish(100);
        board.Views.Refresh();
        exposition = Exposition.Parse(collector.Collect(ExpositionFormat.PrometheusText));
        Assert.Equal(300, exposition[$"streaming_view_occurrences{{{stage}}}"]);
        Assert.Equal(2, exposition[$"streaming_view_shards{{{stage}}}"]);
        Assert.Equal(100, exposition[$"streaming_view_records{{{stage},shard=\"0\"}}"]);
        Assert.Equal(200, exposition[$"streaming_view_records{{{stage},shard=\"3\"}}"]);
        Assert.Equal(s3.Save().Length, exposition[$"streaming_view_copy_bytes{{{stage},shard=\"3\"}}"]);
        Assert.Equal(s3.Publisher.Held.TotalSeconds, exposition[$"streaming_view_hold_seconds_total{{{stage},shard=\"3\"}}"]);
        Assert.Equal(s3.Publisher.LongestHeld.TotalSeconds, exposition[$"streaming_view_longest_hold_seconds{{{stage},shard=\"3\"}}"]);
        Assert.DoesNotContain("streaming_occurrences", exposition.Families);
        board.Views.Remove(0);
        board.Views.Remove(3);
        board.Views.Refresh();
        Assert.DoesNotContain(Exposition.Parse(collector.Collect(ExpositionFormat.PrometheusText)).Families, f => f.StartsWith("streaming_view", StringComparison.Ordinal));
    }

    private static async Task<string> GetAsync(ServedWorker served, string? token = null)
    {
        (HttpStatusCode code, string body, _) = await served.SendAsync(HttpMethod.Get, "/views", token: token);
        Assert.Equal(HttpStatusCode.OK, code);
        return body.TrimEnd();
    }
}
