namespace Streaming.Ingest.Kafka;

/// <summary>How a topic's partition that is this process's stands now.</summary>
/// <param name="Shard">Number of the partition.</param>
/// <param name="Topic">0-based place of the topic among those of the source.</param>
/// <param name="Name">Its name.</param>
/// <param name="Records">Records that were fetched and wait for the shard.</param>
/// <param name="Bytes">What they take in memory, bytes.</param>
/// <param name="IsPaused">Whether nothing more is fetched until the shard has caught up.</param>
/// <param name="End">The offset after the last record that the broker has, as it was told last, a second or so ago; null where it was not told yet.</param>
public readonly record struct KafkaLane(int Shard, int Topic, string Name, long Records, long Bytes, bool IsPaused, long? End);
