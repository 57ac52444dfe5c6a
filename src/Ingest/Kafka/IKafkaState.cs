namespace Streaming.Ingest.Kafka;

/// <summary>What a source of Kafka says of itself to whoever watches it. From any thread; nothing of it waits for a broker.</summary>
public interface IKafkaState
{
    /// <summary>What it has met so far.</summary>
    KafkaSourceCounts Counts { get; }

    /// <summary>How what is this process's stands, a topic's partition each, by shard and topic.</summary>
    IReadOnlyList<KafkaLane> Lanes { get; }

    /// <summary>The brokers as the client sees them, as of its last statistics; null where it has not said yet.</summary>
    KafkaBrokers? Brokers { get; }
}
