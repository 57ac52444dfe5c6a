using Microsoft.AspNetCore.Http;

namespace Streaming.Host.Web;

/// <summary>Something that is served.</summary>
/// <param name="Path">Where, in lower case and without a slash at the end; matched exactly.</param>
/// <param name="Methods">How it may be asked, as in the header <c>Allow</c>: <c>GET, HEAD</c> or <c>POST</c>.</param>
/// <param name="AnswerAsync">Answers; may be called for many requests at a time.</param>
internal sealed record Endpoint(string Path, string Methods, Func<HttpContext, CancellationToken, Task> AnswerAsync)
{
    /// <summary>For those who only look.</summary>
    public const string Reads = "GET, HEAD";

    /// <summary>For those who change something.</summary>
    public const string Writes = "POST";

    /// <summary>Token that must be shown; null for none.</summary>
    public BearerToken? Token { get; init; }

    /// <summary>Whether requests count against the rate of their address.</summary>
    public bool IsLimited { get; init; } = true;

    /// <summary>Told of each request that the server has answered in the endpoint's place, with the code: a refusal, a fault, or 499 where whoever asked has gone.</summary>
    public Action<int> Refused { get; init; } = _ => { };

    /// <summary>Whether <paramref name="method"/> is one of <see cref="Methods"/>.</summary>
    public bool Allows(string method) => Methods == Writes ? HttpMethods.IsPost(method) : HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}
