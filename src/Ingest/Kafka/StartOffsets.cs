using Confluent.Kafka;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <summary>Says where a partition is read from: where its snapshot stands, checked against what the broker still has; without one, where the options say.</summary>
internal sealed class StartOffsets(IConsumer<Ignore, Payload> consumer, KafkaSourceOptions options, KafkaSecrets secrets, TimeProvider time)
{
    private static readonly TimeSpan Try = TimeSpan.FromSeconds(2);

    /// <summary>Offsets to go on from, a topic each.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="cursors">Of the snapshot; empty, or -1, where there is none of a topic.</param>
    /// <param name="ct">Gives up between two questions.</param>
    /// <exception cref="SourceException">Offsets are gone, or not yet there.</exception>
    /// <exception cref="BrokerUnreachableException">The partition's leader did not answer in time.</exception>
    public long[] Resolve(int partition, ReadOnlySpan<long> cursors, CancellationToken ct)
    {
        long[] offsets = new long[options.Topics.Count];
        for (int topic = 0; topic < offsets.Length; topic++)
        {
            long cursor = topic < cursors.Length ? cursors[topic] : -1;
            WatermarkOffsets range = Ask(new TopicPartition(options.Topics[topic], partition), ct);
            offsets[topic] = cursor >= 0 ? cursor : options.Start == KafkaStart.Earliest ? range.Low.Value : range.High.Value;
            if (offsets[topic] < range.Low.Value || offsets[topic] > range.High.Value) throw Gone(options.Topics[topic], partition, offsets[topic], $"{range.Low.Value} to {range.High.Value}");
        }

        return offsets;
    }

    /// <summary>That a position cannot be gone on from.</summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="offset">What was wanted.</param>
    /// <param name="range">What there is.</param>
    public static SourceException Gone(string topic, int partition, long offset, string range) => new(
        $"Topic {topic}, partition {partition}: the state stands at offset {offset}, but the broker has {range}. What lies between is gone, or the topic is another one of the same name; to go on "
        + "elsewhere would leave records out or take some twice. Restore a newer snapshot, or the topic; or start over with a new Kafka:Consumer:group.id and without the snapshot.");

    private WatermarkOffsets Ask(TopicPartition partition, CancellationToken ct)
    {
        long begin = time.GetTimestamp();
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return consumer.QueryWatermarkOffsets(partition, Try);
            }
            catch (KafkaException e) when (time.GetElapsedTime(begin).TotalSeconds < options.ConnectSeconds)
            {
                // Its leader may be moving. The client answers some of these at once.
                if (e.Error.Code != ErrorCode.Local_TimedOut) ct.WaitHandle.WaitOne(100);
            }
            catch (KafkaException e)
            {
                throw new BrokerUnreachableException(secrets.Redact(
                    $"Topic {partition.Topic}, partition {partition.Partition.Value}: its leader did not say within {options.ConnectSeconds} s (Source:Kafka:ConnectSeconds) which offsets there are: {e.Error.Reason}."));
            }
        }
    }
}
