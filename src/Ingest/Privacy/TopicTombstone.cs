using Confluent.Kafka;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Kafka;

namespace Streaming.Ingest.Privacy;

/// <summary>
/// Puts a control record into the first topic of a Kafka source, once for each partition: which of them has the user's records, only whoever wrote them knows, and a shard that has
/// none does nothing.
/// </summary>
public static class TopicTombstone
{
    /// <summary>Whether a topic of this format can have the record: <c>dsjson</c> has none that forgets.</summary>
    public static bool IsIn(SourceOptions options) => (options.Format ?? FormatCatalogue.OfMessages) != "dsjson";

    /// <summary>Returns when every partition has the record and all replicas in sync have confirmed it.</summary>
    /// <param name="options">Valid, of a source of Kafka.</param>
    /// <param name="settings">What the producer is told.</param>
    /// <param name="record">The record.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Number of partitions.</returns>
    /// <exception cref="BrokerUnreachableException">No broker answered in time.</exception>
    /// <exception cref="SourceException">The topic is not there, or refuses the record; some partitions may have it.</exception>
    public static async Task<int> SendAsync(SourceOptions options, KafkaSettings settings, byte[] record, CancellationToken ct)
    {
        NativeLibrdkafka.Register(null);
        KafkaSecrets secrets = new(settings);
        string topic = options.Kafka.Topics[0], mistake;
        try
        {
            using IProducer<Null, byte[]> producer = Build(options, settings);
            int partitions = Partitions(producer, topic, options, secrets);
            for (int partition = 0; partition < partitions; partition++)
                await producer.ProduceAsync(new TopicPartition(topic, partition), new Message<Null, byte[]> { Value = record }, ct);
            return partitions;
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            mistake = secrets.Redact(e.Message);
        }

        // Without its cause, which quotes settings.
        throw new SourceException($"The record could not be put into every partition of topic {topic}: {mistake}. Run the command again: that a partition has it twice changes nothing.");
    }

    private static IProducer<Null, byte[]> Build(SourceOptions options, KafkaSettings settings)
    {
        Dictionary<string, string> all = new(settings.ForProducer(), StringComparer.Ordinal) { ["enable.idempotence"] = "true" };
        all.TryAdd("message.timeout.ms", $"{options.Kafka.ConnectSeconds * 1000}");
        return new ProducerBuilder<Null, byte[]>(all).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
    }

    private static int Partitions(IProducer<Null, byte[]> producer, string topic, SourceOptions options, KafkaSecrets secrets)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(producer.Handle).Build();
        try
        {
            TopicMetadata found = admin.GetMetadata(topic, TimeSpan.FromSeconds(options.Kafka.ConnectSeconds)).Topics.Single();
            if (found.Error.Code == ErrorCode.NoError && found.Partitions.Count > 0) return found.Partitions.Count;
            throw new SourceException(secrets.Redact($"Topic {topic} cannot be written to: {found.Error.Reason}. Source:Kafka:Topics names it."));
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown)
        {
            throw new BrokerUnreachableException(secrets.Redact(
                $"No broker of Kafka:bootstrap.servers has answered within {options.Kafka.ConnectSeconds} s (Source:Kafka:ConnectSeconds): {e.Error.Reason}. Check the addresses, the network, and security.protocol."));
        }
    }
}
