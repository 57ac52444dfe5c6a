using Confluent.Kafka;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <summary>Finds the topics at the start: waits until a broker answers, and insists that all topics have the same number of partitions.</summary>
internal sealed class TopicLayout(IConsumer<Ignore, Payload> consumer, KafkaSourceOptions options, KafkaSecrets secrets, TimeProvider time)
{
    private static readonly TimeSpan Try = TimeSpan.FromSeconds(1);

    /// <summary>Number of partitions of each topic.</summary>
    /// <exception cref="SourceException">A topic is not there, not allowed, or has another number of partitions.</exception>
    /// <exception cref="BrokerUnreachableException">No broker answered in time.</exception>
    public int Partitions(CancellationToken ct)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        long begin = time.GetTimestamp();
        int[] counts = [.. options.Topics.Select(t => CountOf(admin, t, begin, ct))];
        if (counts.Distinct().Count() == 1) return counts[0];
        string found = string.Join(", ", options.Topics.Zip(counts, (t, n) => $"{t}: {n}"));
        throw new SourceException($"The topics have different numbers of partitions ({found}). A shard reads the partition of one number of each, so that they must be equal: "
            + "leave a topic out of Source:Kafka:Topics, or give them the same number.");
    }

    private int CountOf(IAdminClient admin, string topic, long begin, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            Error error;
            try
            {
                TopicMetadata found = admin.GetMetadata(topic, Try).Topics.Single();
                if (found.Error.Code == ErrorCode.NoError && found.Partitions.Count > 0) return found.Partitions.Count;
                error = found.Error;
                if (error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.TopicAuthorizationFailed or ErrorCode.TopicException)
                    throw new SourceException(secrets.Redact($"Topic {topic} cannot be read: {error.Reason}. Make it, or allow this user to describe and read it; Source:Kafka:Topics names it."));
            }
            catch (KafkaException e)
            {
                error = e.Error;
            }

            if (time.GetElapsedTime(begin).TotalSeconds >= options.ConnectSeconds)
            {
                throw new BrokerUnreachableException(secrets.Redact(
                    $"No broker of Kafka:bootstrap.servers has answered within {options.ConnectSeconds} s (Source:Kafka:ConnectSeconds): {error.Reason}. Check the addresses, the network, and security.protocol."));
            }

            if (error.Code != ErrorCode.Local_TimedOut) ct.WaitHandle.WaitOne(100);
        }
    }
}
