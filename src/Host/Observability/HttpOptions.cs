using System.ComponentModel.DataAnnotations;
using System.Net;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Observability;

/// <summary>Options under <c>Http</c>: what is served while a pipeline runs.</summary>
internal sealed class HttpOptions : IValidatableOptions
{
    /// <summary>Whether metrics are served for Prometheus at <c>/metrics</c>; <c>--metrics</c> is short for true. Default false: nothing is listened on.</summary>
    public bool Prometheus { get; set; }

    /// <summary>
    /// IP address to listen on. Default 127.0.0.1: this machine only, and only requests that name it so. Metrics are served to whoever asks, unencrypted: let
    /// another address be reached by the scraper alone.
    /// </summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port to listen on, 0 to 65,535; default 9464. 0 takes any that is free. The one that is used is printed.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 9464;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!string.IsNullOrEmpty(Address) && !IPAddress.TryParse(Address, out _)) yield return (nameof(Address), $"found '{Address}'; an IP address is needed, as in 127.0.0.1 or 0.0.0.0");
    }
}
