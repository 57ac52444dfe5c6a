using System.Net;
using System.Text;
using Streaming.Host.Cli;
using Streaming.Host.Observability;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class TombstonePostTests
{
    [Theory]
    [InlineData(202, "a-token-of-sixteen")]
    [InlineData(202, null)]
    [InlineData(401, null)]
    [InlineData(503, null)]
    public async Task The_record_is_posted_as_an_event_and_anything_but_202_is_a_failure(int code, string? token)
    {
        using HttpListener worker = Listen(out HttpOptions http);
        Task sent = TombstonePost.SendAsync(http, token, "{\"control\":\"forget\"}"u8.ToArray(), TestContext.Current.CancellationToken);
        HttpListenerContext context = await worker.GetContextAsync();
        using StreamReader body = new(context.Request.InputStream, Encoding.UTF8);
        Assert.Equal(("POST", "/events", "application/x-ndjson"), (context.Request.HttpMethod, context.Request.Url!.AbsolutePath, context.Request.ContentType));
        Assert.Equal("{\"control\":\"forget\"}", await body.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(token is null ? null : $"Bearer {token}", context.Request.Headers["Authorization"]);
        context.Response.StatusCode = code;
        context.Response.Close();
        if (code == 202) await sent;
        else Assert.Contains($"{code}", (await Assert.ThrowsAsync<IOException>(() => sent)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_is_not_there_is_said()
    {
        HttpOptions http;
        using (Listen(out http))
        {
            // Whoever listened has gone.
        }

        IOException e = await Assert.ThrowsAsync<IOException>(() => TombstonePost.SendAsync(http, null, [1], TestContext.Current.CancellationToken));
        Assert.Contains("cannot be reached", e.Message, StringComparison.Ordinal);
    }

    private static HttpListener Listen(out HttpOptions http)
    {
        for (int port = 20_000; ; port++)
        {
            HttpListener listener = new();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                http = new HttpOptions { Port = port };
                return listener;
            }
            catch (HttpListenerException)
            {
                listener.Close(); // taken
            }
        }
    }
}
