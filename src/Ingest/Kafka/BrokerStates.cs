using System.Text.Json;

namespace Streaming.Ingest.Kafka;

/// <summary>Reads what the client says of its brokers in its statistics (<c>statistics.interval.ms</c>, STATISTICS.md of librdkafka): their states, and how often connections came and went.</summary>
/// <remarks>Read by the thread that polls; asked from any.</remarks>
/// <param name="counters">Where connections are counted.</param>
internal sealed class BrokerStates(Counters counters)
{
    private readonly Dictionary<string, (long Connects, long Disconnects)> _seen = new(StringComparer.Ordinal);
    private KafkaBrokers? _now;

    /// <summary>The brokers as of the last statistics; null before the first.</summary>
    public KafkaBrokers? Now => Volatile.Read(ref _now);

    /// <summary>Takes in statistics. Linear in their length.</summary>
    public void Read(string statistics)
    {
        using JsonDocument document = JsonDocument.Parse(statistics);
        if (!document.RootElement.TryGetProperty("brokers", out JsonElement brokers)) return;
        int up = 0, connecting = 0, down = 0, idle = 0;
        foreach (JsonProperty broker in brokers.EnumerateObject())
        {
            // The others are the client's own: the coordinator under another name, and itself.
            if (broker.Value.GetProperty("source").GetString() is not ("configured" or "learned")) continue;
            switch (broker.Value.GetProperty("state").GetString())
            {
                case "UP" or "UPDATE" or "REAUTH":
                    up++;
                    break;
                case "INIT":
                    idle++;
                    break;
                case "DOWN" or "TRY_CONNECT":
                    down++;
                    break;
                default:
                    connecting++;
                    break;
            }

            Count(broker.Name, broker.Value.GetProperty("connects").GetInt64(), broker.Value.GetProperty("disconnects").GetInt64());
        }

        Volatile.Write(ref _now, new KafkaBrokers(up, connecting, down, idle));
    }

    /// <summary>A broker that leaves the cluster takes its numbers with it: only what grew is added.</summary>
    private void Count(string broker, long connects, long disconnects)
    {
        (long before, long gone) = _seen.GetValueOrDefault(broker);
        counters.Connect(Math.Max(0, connects - before), Math.Max(0, disconnects - gone));
        _seen[broker] = (connects, disconnects);
    }
}
