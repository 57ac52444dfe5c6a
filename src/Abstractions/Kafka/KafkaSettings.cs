using System.Collections.Frozen;

namespace Streaming.Abstractions.Kafka;

/// <summary>
/// What the Kafka client is told, as names and values of librdkafka's own settings (<c>bootstrap.servers</c>): the roots <c>Kafka</c>, for both directions, and
/// <c>Kafka:Consumer</c> and <c>Kafka:Producer</c>, which count more. Any setting that the client knows can be given.
/// </summary>
/// <param name="Common">Settings of both directions.</param>
/// <param name="Consumer">Of the consumer alone.</param>
/// <param name="Producer">Of the producers alone.</param>
/// <param name="AllowInsecureTls">Whether a certificate that is not checked is what the user wants.</param>
public sealed record KafkaSettings(
    FrozenDictionary<string, string> Common, FrozenDictionary<string, string> Consumer, FrozenDictionary<string, string> Producer, bool AllowInsecureTls)
{
    /// <summary>No settings.</summary>
    public static KafkaSettings None { get; } =
        new(FrozenDictionary<string, string>.Empty, FrozenDictionary<string, string>.Empty, FrozenDictionary<string, string>.Empty, AllowInsecureTls: false);

    /// <summary>All that the consumer is told, sorted by name (ordinal).</summary>
    public IEnumerable<KeyValuePair<string, string>> ForConsumer() => Merged(Consumer);

    /// <summary>All that a producer is told, sorted by name (ordinal).</summary>
    public IEnumerable<KeyValuePair<string, string>> ForProducer() => Merged(Producer);

    private IEnumerable<KeyValuePair<string, string>> Merged(FrozenDictionary<string, string> own) =>
        Common.Where(c => !own.ContainsKey(c.Key)).Concat(own).OrderBy(s => s.Key, StringComparer.Ordinal);
}
