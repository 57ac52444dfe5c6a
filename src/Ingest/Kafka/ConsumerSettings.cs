using Confluent.Kafka;
using Streaming.Abstractions.Kafka;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// What the consumer is told: the user's settings, and those of the engine where the user says nothing. Refused is what would break its promises: offsets are in snapshots and are
/// never committed or reset by the client, and what was aborted is never read.
/// </summary>
/// <remarks>
/// The engine's own: no automatic commits or resets, <c>check.crcs=true</c>, <c>fetch.wait.max.ms=20</c>, <c>queued.min.messages=1000000</c> (so that
/// <c>queued.max.messages.kbytes</c>, 64 MiB, alone bounds what is fetched ahead: at either bound the client looks for more a second later, and small messages would be waited for), <c>statistics.interval.ms=10000</c> (what
/// metrics say of brokers comes from there; 0 for none), no topics made by asking for them, and <c>partition.assignment.strategy=cooperative-sticky</c>. That strategy assigns topic by topic: of several topics a partition of one number could go to different
/// members. So several topics need <c>range</c>, which gives equal numbers to the same member, and have it by default; each rebalance then takes every shard through a snapshot.
/// </remarks>
internal static class ConsumerSettings
{
    private const string Strategy = "partition.assignment.strategy";

    private static readonly (string Name, string Value)[] Defaults =
    [
        ("enable.auto.commit", "false"),
        ("enable.auto.offset.store", "false"),
        ("auto.offset.reset", "error"),
        ("allow.auto.create.topics", "false"),
        ("enable.partition.eof", "false"),
        ("check.crcs", "true"),
        ("fetch.wait.max.ms", "20"),
        ("queued.min.messages", "1000000"),
        ("statistics.interval.ms", "10000"),
    ];

    private static readonly (string Name, string[] Allowed, string Reason)[] Fixed =
    [
        ("enable.auto.commit", ["false"], "offsets are committed after snapshots, never by the clock"),
        ("enable.auto.offset.store", ["false"], "offsets are committed after snapshots, never for what is only fetched"),
        ("auto.offset.reset", ["error"], "a reset trains on records again, or passes over some, without a word; where a stream without a snapshot begins is Source:Kafka:Start"),
        ("isolation.level", ["read_committed"], "records of aborted transactions are none"),
        ("enable.partition.eof", ["false"], "a partition has no end"),
        ("group.protocol", ["classic"], "the other protocols assign partitions in ways that the engine does not follow"),
    ];

    /// <summary>What must be changed before a consumer is made: the setting's path in the configuration, and what was found and what is needed.</summary>
    /// <param name="settings">The user's.</param>
    /// <param name="topics">Number of topics.</param>
    public static IEnumerable<(string Path, string Message)> Mistakes(KafkaSettings settings, int topics)
    {
        Dictionary<string, string> all = new(settings.ForConsumer(), StringComparer.Ordinal);
        if (!all.ContainsKey("metadata.broker.list") && !HasText(all, "bootstrap.servers"))
            yield return (PathOf(settings, "bootstrap.servers"), "is missing: the addresses of one or more brokers, as in localhost:9092");
        if (!HasText(all, "group.id")) yield return ("Kafka:Consumer:group.id", "is missing: the name under which the processes of this pipeline share the partitions");
        foreach ((string name, string[] allowed, string reason) in Fixed)
        {
            if (all.TryGetValue(name, out string? found) && !allowed.Contains(found.ToLowerInvariant()))
                yield return (PathOf(settings, name), $"found '{found}', allowed is {string.Join(" or ", allowed)}: {reason}");
        }

        if (all.TryGetValue(Strategy, out string? strategy) && StrategyMistake(strategy, topics) is string mistake) yield return (PathOf(settings, Strategy), mistake);
        foreach (string name in all.Keys.Where(n => n.StartsWith("dotnet.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)) yield return (PathOf(settings, name), "is set by the engine");
        foreach ((string setting, string message) in KafkaSecurity.Mistakes(all, settings.AllowInsecureTls)) yield return (PathOf(settings, setting), message);
    }

    /// <summary>
    /// Asks the client itself: settings that it does not know, values that it does not take. Makes clients that connect to nothing, one more than there are mistakes.
    /// </summary>
    public static IEnumerable<(string Path, string Message)> ClientMistakes(KafkaSettings settings, SourceOptions options)
    {
        KafkaSecrets secrets = new(settings);
        Dictionary<string, string> all = new(Complete(settings, options), StringComparer.Ordinal);
        // Whoever is only asked must not reach for a broker, and is no member of the group.
        if (all.ContainsKey("bootstrap.servers")) all["bootstrap.servers"] = "localhost:1";
        while (Refusal(all) is { } refusal)
        {
            yield return (refusal.Name is null ? "Kafka" : PathOf(settings, refusal.Name), $"is refused by the client: {secrets.Redact(refusal.Message)}");
            if (refusal.Name is null || !all.Remove(refusal.Name)) yield break;
        }
    }

    /// <summary>All that the consumer is told.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Complete(KafkaSettings settings, SourceOptions options)
    {
        Dictionary<string, string> all = new(settings.ForConsumer(), StringComparer.Ordinal);
        foreach ((string name, string value) in Defaults) all.TryAdd(name, value);
        all.TryAdd(Strategy, options.Kafka.Topics.Count > 1 ? "range" : "cooperative-sticky");
        string fields = (options.Kafka.Topics.Count > 1, options.Format == "cloudevents") switch
        {
            (true, true) => "timestamp,topic,headers",
            (true, false) => "timestamp,topic",
            (false, true) => "timestamp,headers",
            _ => "timestamp",
        };
        all["dotnet.consumer.consume.result.fields"] = fields; // each costs an object a message
        return all;
    }

    private static bool HasText(Dictionary<string, string> all, string name) => all.TryGetValue(name, out string? value) && value.Length > 0;

    private static string PathOf(KafkaSettings settings, string name) => settings.Consumer.ContainsKey(name) ? $"Kafka:Consumer:{name}" : $"Kafka:{name}";

    private static string? StrategyMistake(string strategy, int topics)
    {
        string[] allowed = topics > 1 ? ["range"] : ["cooperative-sticky", "range", "roundrobin"];
        if (allowed.Contains(strategy)) return null;
        return $"found '{strategy}', allowed is {string.Join(" or ", allowed)}" + (topics > 1 ? ": only range gives the partitions of one number of several topics to the same process" : string.Empty);
    }

    /// <summary>Why the client does not take these settings, and which it means; null if it takes them.</summary>
    private static (string Message, string? Name)? Refusal(Dictionary<string, string> all)
    {
        try
        {
            new ConsumerBuilder<Ignore, Ignore>(all).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build().Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            return (e.Message, all.Keys.Where(n => e.Message.Contains($"\"{n}\"", StringComparison.Ordinal) || e.Message.Contains($"`{n}`", StringComparison.Ordinal)).MaxBy(n => n.Length));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return ($"its native part, librdkafka, cannot be loaded ({e.Message})", null);
        }
    }
}
