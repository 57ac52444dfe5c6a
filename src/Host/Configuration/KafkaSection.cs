using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Streaming.Abstractions.Kafka;

namespace Streaming.Host.Configuration;

/// <summary>
/// Reads the root <c>Kafka</c>: names and values of the client's own settings, for both directions or under <c>Consumer</c> and <c>Producer</c>. An environment variable,
/// whose name can have no dots, has underscores instead.
/// </summary>
internal static class KafkaSection
{
    private const string Insecure = "AllowInsecureTls";

    /// <summary>The settings; what cannot be one is added to <paramref name="mistakes"/>.</summary>
    public static KafkaSettings Read(IConfigurationSection section, List<ConfigurationMistake> mistakes)
    {
        bool insecure = false;
        if (section[Insecure] is { } text && !bool.TryParse(text, out insecure))
            mistakes.Add(new ConfigurationMistake($"{section.Path}:{Insecure}", $"found '{text}', but true or false is needed"));
        return new KafkaSettings(
            Values(section, mistakes, Insecure, "Consumer", "Producer"), Values(section.GetSection("Consumer"), mistakes), Values(section.GetSection("Producer"), mistakes), insecure);
    }

    private static FrozenDictionary<string, string> Values(IConfigurationSection section, List<ConfigurationMistake> mistakes, params string[] reserved)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (IConfigurationSection child in section.GetChildren().Where(c => !reserved.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (child.Value is null) mistakes.Add(new ConfigurationMistake(child.Path, "found a group, but a setting of the Kafka client has one value, as in \"bootstrap.servers\": \"localhost:9092\""));
            else values[NameOf(child.Key)] = child.Value;
        }

        return values.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The client's name of a setting: lower case, with dots; a few of its names have an underscore after <c>ssl</c>.</summary>
    private static string NameOf(string key)
    {
        string name = key.ToLowerInvariant();
        return name is "ssl_key" or "ssl_certificate" or "ssl_ca" ? name : name.Replace('_', '.');
    }
}
