using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Streaming.Host.Web;

/// <summary>
/// What happens to every request: its host must be this machine's where only that listens, its path must be served, its method allowed, its address within its rate and its
/// token shown, in this order; then its endpoint answers.
/// </summary>
/// <param name="endpoints">What is served.</param>
/// <param name="limiter">The rates of addresses; null for no limit.</param>
/// <param name="localOnly">Whether only requests are answered that name a loopback host.</param>
/// <param name="say">Takes what the operator should know: a fault while answering.</param>
internal sealed class WebApplication(IReadOnlyList<Endpoint> endpoints, RateLimiter? limiter, bool localOnly, Action<string> say) : IHttpApplication<HttpContext>
{
    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        (HttpRequest request, HttpResponse response) = (context.Request, context.Response);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        if (localOnly && !IsLocal(request.Host.Host))
        {
            response.StatusCode = StatusCodes.Status421MisdirectedRequest; // a page elsewhere that lets its name lead here
            return;
        }

        if (Find(request.Path) is not { } endpoint)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!endpoint.Allows(request.Method))
        {
            (response.StatusCode, response.Headers.Allow) = (StatusCodes.Status405MethodNotAllowed, endpoint.Methods);
            return;
        }

        if (endpoint.IsLimited && limiter is not null && !limiter.TryTake(context.Connection.RemoteIpAddress, out int seconds))
        {
            response.Headers.RetryAfter = seconds.ToString();
            endpoint.Refused(StatusCodes.Status429TooManyRequests);
            await JsonAnswer.FailAsync(context, StatusCodes.Status429TooManyRequests, "more requests than Http:RequestsPerSecond allows one address");
            return;
        }

        if (endpoint.Token is { } token && !token.IsShownBy(request))
        {
            response.Headers.WWWAuthenticate = "Bearer";
            endpoint.Refused(StatusCodes.Status401Unauthorized);
            await JsonAnswer.FailAsync(context, StatusCodes.Status401Unauthorized, "the header 'Authorization: Bearer TOKEN' is missing, or has another token");
            return;
        }

        await AnswerAsync(endpoint, context);
    }

    private async Task AnswerAsync(Endpoint endpoint, HttpContext context)
    {
        try
        {
            await endpoint.AnswerAsync(context, context.RequestAborted);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            endpoint.Refused(e.StatusCode);
            await JsonAnswer.FailAsync(context, e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "the body is larger than Http:MaxBodyBytes allows" : "the request is no HTTP/1.1");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            endpoint.Refused(StatusCodes.Status499ClientClosedRequest); // whoever asked has gone
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            endpoint.Refused(StatusCodes.Status500InternalServerError);
            say($"{endpoint.Path} failed: {e.Message}");
            await JsonAnswer.FailAsync(context, StatusCodes.Status500InternalServerError, "failed; the log of the worker says why");
        }
    }

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private Endpoint? Find(PathString path)
    {
        foreach (Endpoint endpoint in endpoints)
        {
            if (path.Equals(endpoint.Path, StringComparison.Ordinal)) return endpoint;
        }

        return null;
    }
}
