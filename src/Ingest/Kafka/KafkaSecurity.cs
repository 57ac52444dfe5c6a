using System.Net;
using Streaming.Abstractions.Kafka;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// Judges the settings that say how safe the way to the brokers is, before anything is connected: of a consumer or of a producer. Names and meanings are librdkafka's
/// (CONFIGURATION.md); no secret is in what it says.
/// </summary>
public static class KafkaSecurity
{
    private const string Protocol = "security.protocol";
    private const string Verification = "enable.ssl.certificate.verification";
    private const string HostCheck = "ssl.endpoint.identification.algorithm";

    private static readonly string[] Protocols = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"];
    private static readonly string[] Addresses = ["bootstrap.servers", "metadata.broker.list"];
    private static readonly string[] Mechanisms = ["GSSAPI", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];

    /// <summary>What must be changed before a client is made: the setting's name, and what was found and what is needed.</summary>
    /// <param name="settings">All settings of one client, each name once.</param>
    /// <param name="allowInsecureTls">Whether a certificate that is not checked is what the user wants.</param>
    public static IEnumerable<(string Setting, string Message)> Mistakes(IEnumerable<KeyValuePair<string, string>> settings, bool allowInsecureTls)
    {
        Dictionary<string, string> all = new(settings, StringComparer.Ordinal);
        string protocol = ProtocolOf(all);
        if (!Protocols.Contains(protocol)) return [(Protocol, $"found '{protocol}'; it is one of {string.Join(", ", Protocols)}")];
        bool sasl = protocol.StartsWith("sasl", StringComparison.Ordinal), tls = protocol.EndsWith("ssl", StringComparison.Ordinal);
        return [.. sasl ? OfCredentials(all) : OfUnused(all, "sasl.", protocol), .. OfFiles(all), .. tls && !allowInsecureTls ? OfUnchecked(all) : [], .. tls ? [] : OfUnused(all, "ssl.", protocol)];
    }

    /// <summary>What is allowed, and should not be done without need: loud lines for whoever starts the process.</summary>
    /// <param name="settings">All settings of one client, each name once.</param>
    public static IEnumerable<string> Warnings(IEnumerable<KeyValuePair<string, string>> settings)
    {
        Dictionary<string, string> all = new(settings, StringComparer.Ordinal);
        string protocol = ProtocolOf(all);
        if (!protocol.EndsWith("ssl", StringComparison.Ordinal) && Hosts(all).FirstOrDefault(h => !IsLoopback(h)) is string host)
        {
            string what = protocol == "plaintext" ? "what is read" : "credentials and what is read";
            yield return $"WARNING: Kafka at {host} is reached without encryption ({Protocol}={protocol}): anyone on the way can read and change {what}. Use sasl_ssl or ssl.";
        }

        foreach ((string setting, _) in protocol.EndsWith("ssl", StringComparison.Ordinal) ? OfUnchecked(all) : [])
            yield return $"WARNING: {setting}={all[setting]}: whoever is on the way to Kafka can pretend to be it. Kafka:AllowInsecureTls=true allows that.";
    }

    private static string ProtocolOf(Dictionary<string, string> all) => all.TryGetValue(Protocol, out string? found) ? found.ToLowerInvariant() : "plaintext";

    private static IEnumerable<(string, string)> OfCredentials(Dictionary<string, string> all)
    {
        string name = all.ContainsKey("sasl.mechanisms") ? "sasl.mechanisms" : "sasl.mechanism";
        if (!all.TryGetValue(name, out string? mechanism))
        {
            yield return (name, $"is missing: {Protocol}={all[Protocol]} needs one of {string.Join(", ", Mechanisms)}");
            yield break;
        }

        string[] needed = mechanism switch
        {
            "GSSAPI" => [],
            "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512" => ["sasl.username", "sasl.password"],
            "OAUTHBEARER" => ["sasl.oauthbearer.method", "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.token.endpoint.url"],
            _ => [string.Empty],
        };
        if (needed is [""])
        {
            yield return (name, $"is none of {string.Join(", ", Mechanisms)}");
            yield break;
        }

        foreach (string setting in needed.Where(s => !all.TryGetValue(s, out string? value) || value.Length == 0)) yield return (setting, $"is missing: the mechanism that {name} names needs it");
        if (mechanism == "OAUTHBEARER" && all.TryGetValue("sasl.oauthbearer.method", out string? method) && method != "oidc")
            yield return ("sasl.oauthbearer.method", "is not oidc, the only method that fetches tokens by itself");
    }

    /// <summary>What the protocol would not use: who gives credentials believes that they count.</summary>
    private static IEnumerable<(string, string)> OfUnused(Dictionary<string, string> all, string prefix, string protocol) =>
        all.Keys.Where(s => s.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(s => (s, $"is given, but {Protocol}={protocol} does not use it: {(prefix == "sasl." ? "sasl_ssl" : "ssl or sasl_ssl")} does"));

    private static IEnumerable<(string, string)> OfFiles(Dictionary<string, string> all) =>
        all.Where(s => s.Key.StartsWith("ssl.", StringComparison.Ordinal) && s.Key.EndsWith(".location", StringComparison.Ordinal))
            .Where(s => !(s.Key == "ssl.ca.location" && s.Value == "probe") && !File.Exists(s.Value) && !Directory.Exists(s.Value))
            .OrderBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => (s.Key, $"found '{KafkaSecrets.Shown(s.Key, s.Value)}', where there is no file"));

    private static IEnumerable<(string, string)> OfUnchecked(Dictionary<string, string> all)
    {
        const string What = "so that anyone could pretend to be the broker; give its authority with ssl.ca.location, or say that it is meant with Kafka:AllowInsecureTls=true";
        if (all.TryGetValue(Verification, out string? verify) && verify.Equals("false", StringComparison.OrdinalIgnoreCase)) yield return (Verification, $"found 'false', {What}");
        if (all.TryGetValue(HostCheck, out string? check) && check.Equals("none", StringComparison.OrdinalIgnoreCase)) yield return (HostCheck, $"found 'none', {What}");
    }

    private static IEnumerable<string> Hosts(Dictionary<string, string> all)
    {
        IEnumerable<string> lists = Addresses.Where(all.ContainsKey).Select(s => all[s]);
        foreach (string broker in lists.SelectMany(l => l.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            string address = broker[(broker.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0)..];
            int end = address.StartsWith('[') ? address.IndexOf(']') + 1 : address.IndexOf(':');
            yield return (end > 0 ? address[..end] : address).Trim('[', ']');
        }
    }

    private static bool IsLoopback(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
