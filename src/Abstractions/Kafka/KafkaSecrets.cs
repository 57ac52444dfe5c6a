using System.Buffers;

namespace Streaming.Abstractions.Kafka;

/// <summary>Keeps what the client is told in confidence out of everything that is printed: messages, exceptions, dumps of the configuration.</summary>
public sealed class KafkaSecrets
{
    private const string Hidden = "***";

    private readonly string[] _values;

    /// <summary>The secrets among these settings.</summary>
    public KafkaSecrets(KafkaSettings settings)
    {
        IEnumerable<string> values = settings.Common.Concat(settings.Consumer).Concat(settings.Producer).Where(s => IsSecret(s.Key)).Select(s => s.Value);
        // The longest first: one may be a part of another.
        _values = [.. values.Where(v => v.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(v => v.Length).ThenBy(v => v, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Whether the value of a setting of this name is never printed: <c>*password*</c>, <c>*secret*</c>, <c>*token*</c>, <c>*key*</c>, <c>*credential*</c>, <c>*connectionstring*</c>,
    /// <c>sasl.*</c>, whatever the case.
    /// </summary>
    public static bool IsSecret(string name) =>
        name.StartsWith("sasl.", StringComparison.OrdinalIgnoreCase) || name.AsSpan().ContainsAny(SecretWords);

    /// <summary>The value of a setting as it may be printed.</summary>
    public static string Shown(string name, string value) => IsSecret(name) ? Hidden : value;

    /// <summary>A text without the secrets that are in it.</summary>
    public string Redact(string text)
    {
        foreach (string value in _values) text = text.Replace(value, Hidden, StringComparison.Ordinal);
        return text;
    }

    private static readonly SearchValues<string> SecretWords = SearchValues.Create(["password", "secret", "token", "key", "credential", "connectionstring"], StringComparison.OrdinalIgnoreCase);
}
