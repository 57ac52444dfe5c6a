using System.Globalization;
using Streaming.Abstractions.Kafka;

namespace Streaming.Sinks.Kafka;

/// <summary>What producers are told: the user's settings, those that the guarantees need, and which of the user's would break them.</summary>
public static class KafkaProducerSettings
{
    private const string Servers = "bootstrap.servers";

    // Bounds of what waits in a producer, where the client's own is a gigabyte; and of how long a transaction may stay open, the most that brokers allow by default.
    private static readonly (string Name, string Value)[] Defaults = [("queue.buffering.max.kbytes", "65536"), ("transaction.timeout.ms", "900000")];

    private static readonly (string Name, string[] Allowed, string Why)[] Fixed =
    [
        ("enable.idempotence", ["true"], "a message that is sent again would be there twice, or before an older one"),
        ("acks", ["all", "-1"], "a message would be lost with the broker that took it"),
        ("request.required.acks", ["all", "-1"], "a message would be lost with the broker that took it"),
        ("delivery.report.only.error", ["false"], "a snapshot waits until every message has been confirmed"),
        ("transactional.id", [], "it follows from the source, the sink's id and the shard, so that no two producers share one"),
    ];

    /// <summary>
    /// What is wrong with the settings for a pipeline that writes to Kafka: the path of the setting, and what was found and what is allowed. Asks no broker.
    /// </summary>
    public static IEnumerable<(string Path, string Message)> Validate(KafkaSettings settings)
    {
        if (Find(settings, Servers) is not { Value.Length: > 0 }) yield return ($"Kafka:{Servers}", "is missing: the brokers to begin with, as host:port,host:port");
        foreach ((string name, string[] allowed, string why) in Fixed)
        {
            if (Find(settings, name) is not { } found || allowed.Contains(found.Value, StringComparer.OrdinalIgnoreCase)) continue;
            yield return (found.Path, allowed.Length == 0 ? $"may not be set: {why}" : $"found '{found.Value}', allowed is {string.Join(" or ", allowed)}: {why}");
        }

        foreach ((string name, _) in settings.ForProducer())
        {
            if (name.StartsWith("dotnet.", StringComparison.Ordinal)) yield return (Find(settings, name)!.Value.Path, "may not be set: it changes how the client confirms messages");
        }
    }

    /// <summary>Everything a producer is told.</summary>
    /// <param name="settings">The user's settings, validated.</param>
    /// <param name="transactionalId">Names the producer over restarts; null for one without transactions.</param>
    internal static Dictionary<string, string> Build(KafkaSettings settings, string? transactionalId)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal);
        foreach ((string name, string value) in Defaults) all[name] = value;
        foreach ((string name, string value) in settings.ForProducer()) all[name] = value;
        all["enable.idempotence"] = "true";
        all["dotnet.producer.delivery.report.fields"] = "none";
        if (transactionalId is null) all.Remove("transaction.timeout.ms");
        else all["transactional.id"] = transactionalId;
        return all;
    }

    /// <summary>Largest message a producer takes, in bytes: the user's <c>message.max.bytes</c>, else the client's own bound.</summary>
    internal static int LargestMessage(KafkaSettings settings) =>
        Find(settings, "message.max.bytes") is { } found && int.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) ? bytes : 1_000_000;

    private static (string Path, string Value)? Find(KafkaSettings settings, string name) =>
        settings.Producer.TryGetValue(name, out string? own) ? ($"Kafka:Producer:{name}", own)
        : settings.Common.TryGetValue(name, out string? common) ? ($"Kafka:{name}", common)
        : null;
}
