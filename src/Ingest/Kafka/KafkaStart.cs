namespace Streaming.Ingest.Kafka;

/// <summary>Where a partition is read from first, when there is no snapshot of it.</summary>
public enum KafkaStart
{
    /// <summary>At the oldest record that is still there.</summary>
    Earliest,

    /// <summary>After the newest record there is when the partition is first assigned.</summary>
    Latest,
}
