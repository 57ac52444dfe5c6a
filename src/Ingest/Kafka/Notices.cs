using Streaming.Abstractions.Kafka;

namespace Streaming.Ingest.Kafka;

/// <summary>Tells people what the client met: a kind of news only when it is another than the last one of its kind, and never a secret. From any thread.</summary>
/// <param name="say">Prints a line; called from any thread.</param>
/// <param name="secrets">What no line may show.</param>
internal sealed class Notices(Action<string> say, KafkaSecrets secrets)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _last = new(StringComparer.Ordinal);

    /// <summary>Says it, unless the last news of the kind had the same key.</summary>
    public void Say(string kind, string key, string text)
    {
        lock (_gate)
        {
            if (_last.TryGetValue(kind, out string? last) && last == key) return;
            _last[kind] = key;
        }

        say(secrets.Redact(text));
    }

    /// <summary>What was said of the kind is over: it is news again when it comes back.</summary>
    public void Forget(string kind)
    {
        lock (_gate)
        {
            _last.Remove(kind);
        }
    }
}
