using System.ComponentModel.DataAnnotations;
using System.Net;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Observability;

/// <summary>Options under <c>Http</c>: what is served while a pipeline runs.</summary>
internal sealed class HttpOptions : IValidatableOptions
{
    private const int MinTokenLength = 16;

    /// <summary>Whether metrics are served for Prometheus at <c>/metrics</c>, and a worker's views across its shards at <c>/views</c>; <c>--metrics</c> is short for true. Default false: a replay then listens on nothing.</summary>
    public bool Prometheus { get; set; }

    /// <summary>
    /// IP address to listen on. Default 127.0.0.1: this machine only, and only requests that name it so. Metrics and health are told to whoever asks, unencrypted: let
    /// another address be reached by those alone who are to, and put TLS in front of it.
    /// </summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port to listen on, 0 to 65,535; default 9464. 0 takes any that is free. The one that is used is printed.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 9464;

    /// <summary>Largest body of <c>POST /events</c>, bytes, 1 KiB to 16 MiB; default 1 MiB. A larger one is refused (413). Each connection may hold one in memory.</summary>
    [Range(1024, 16 << 20)]
    public int MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>Most connections at a time, 1 to 65,535; default 256. Further ones are closed at once.</summary>
    [Range(1, 65_535)]
    public int MaxConnections { get; set; } = 256;

    /// <summary>
    /// Requests a second that one remote address may make over time, 0 to 1,000,000; default 1,000; 0 for no limit. It may save up those of one second; beyond them it is
    /// refused (429). An IPv6 address counts with its /64. Health is not limited.
    /// </summary>
    [Range(0.0, 1_000_000.0)]
    public double RequestsPerSecond { get; set; } = 1000;

    /// <summary>
    /// What senders of events must show as <c>Authorization: Bearer TOKEN</c>; at least 16 characters. Default: nothing, whoever reaches the address may send. A secret: keep it
    /// in a file (<c>STREAMING_SECRETS</c>), not on the command line.
    /// </summary>
    public string? IngestToken { get; set; }

    /// <summary>
    /// What those must show who steer the worker (<c>POST /admin/...</c>), or are to see names in its views; at least 16 characters, another than <see cref="IngestToken"/>. Default: nobody can. A secret, as that.
    /// </summary>
    public string? AdminToken { get; set; }

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!string.IsNullOrEmpty(Address) && !IPAddress.TryParse(Address, out _)) yield return (nameof(Address), $"found '{Address}'; an IP address is needed, as in 127.0.0.1 or 0.0.0.0");
        foreach ((string name, string? token) in ((string, string?)[])[(nameof(IngestToken), IngestToken), (nameof(AdminToken), AdminToken)])
        {
            if (string.IsNullOrEmpty(token)) continue;
            if (token.Length < MinTokenLength) yield return (name, $"has {token.Length} characters; at least {MinTokenLength} are needed, as 'openssl rand -hex 32' makes them");
            if (token.AsSpan().ContainsAnyExceptInRange('!', '~')) yield return (name, "has blanks or characters that are not ASCII, which no header can carry");
        }

        if (!string.IsNullOrEmpty(AdminToken) && AdminToken == IngestToken) yield return (nameof(AdminToken), "is the same as Http:IngestToken: whoever may send events could steer the worker");
    }
}
