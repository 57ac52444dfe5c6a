using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Streaming.Host.Observability;

namespace Streaming.Host.Cli;

/// <summary>Sends a control record to the worker that runs at <c>Http:Address</c> and <c>Http:Port</c>, as any event is sent: it is in its write-ahead log when it has answered.</summary>
internal static class TombstonePost
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the record was taken.</summary>
    /// <param name="http">Where the worker is.</param>
    /// <param name="token">What it wants to be shown; null for nothing.</param>
    /// <param name="record">The record.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="IOException">The worker is not there, or did not take it.</exception>
    public static async Task SendAsync(HttpOptions http, string? token, byte[] record, CancellationToken ct)
    {
        Uri address = new($"http://{Listening(http.Address)}:{http.Port}/events");
        using HttpClient client = new() { Timeout = Patience };
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new ByteArrayContent(record) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (!string.IsNullOrEmpty(token)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, ct);
            if (response.StatusCode == HttpStatusCode.Accepted) return;
            throw new IOException($"the worker at {address} did not take the record: {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new IOException($"the worker at {address} cannot be reached: {e.Message}", e);
        }
    }

    // Who listens on every address is reached on this machine's own.
    private static string Listening(string address)
    {
        IPAddress ip = IPAddress.Parse(address);
        if (ip.Equals(IPAddress.Any)) ip = IPAddress.Loopback;
        if (ip.Equals(IPAddress.IPv6Any)) ip = IPAddress.IPv6Loopback;
        return ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString();
    }
}
