using Confluent.Kafka;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <content>What the client complains of: what it recovers from is told once and counted, the rest ends the loop.</content>
internal sealed partial class ConsumerLoop
{
    private const string ErrorKind = "error";

    private void Judge(ConsumeException e)
    {
        TopicPartitionOffset at = e.ConsumerRecord.TopicPartitionOffset;
        switch (e.Error.Code)
        {
            case ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange:
                throw OutOfRange(at, e.Error);
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                throw new SourceException(_secrets.Redact($"Kafka does not allow it: {e.Error.Reason}. The user needs READ and DESCRIBE on the topics ({string.Join(", ", _options.Kafka.Topics)}), and READ on the group."));
            default:
                Tell(e.Error);
                break;
        }
    }

    /// <summary>The client names the partition in words at most: whose offsets are gone is asked of the broker.</summary>
    private Exception OutOfRange(TopicPartitionOffset at, Error error)
    {
        foreach (TopicPartition partition in _consumer.Assignment.OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition.Value))
        {
            long offset = _consumer.Position(partition).Value;
            if (offset < 0 || (at.Topic is not null && at.Partition.Value >= 0 && at.TopicPartition != partition)) continue;
            WatermarkOffsets range = _consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(5));
            if (offset < range.Low.Value || offset > range.High.Value) return StartOffsets.Gone(partition.Topic, partition.Partition.Value, offset, $"{range.Low.Value} to {range.High.Value}");
        }

        return new SourceException(_secrets.Redact($"Kafka no longer has the offsets that are to be read: {error.Reason}. Restore a newer snapshot, or start over with a new Kafka:Consumer:group.id and without the snapshot."));
    }

    private void Tell(Error error)
    {
        if (error.IsFatal)
        {
            Fail(new SourceException(_secrets.Redact($"The Kafka client cannot go on: {error.Reason} ({error.Code}).")));
            return;
        }

        _counters.Error();
        _troubled = true;
        _notices.Say(ErrorKind, error.Code.ToString(), $"kafka: {error.Reason} ({error.Code}); the client goes on trying");
    }

    /// <summary>Records come again: the next error is news, even if it is the same.</summary>
    private void Recover()
    {
        _troubled = false;
        _notices.Forget(ErrorKind);
    }

    /// <summary>The client's own log: what is wrong with the settings, and everything where <c>debug</c> asks for it. Errors come as such.</summary>
    private void Tell(LogMessage line, KafkaSettings settings)
    {
        bool all = settings.ForConsumer().Any(s => s.Key == "debug");
        if (all || line.Facility == "CONFWARN") _notices.Say("log", line.Message, $"kafka: {line.Facility} {line.Message}");
    }

    /// <summary>Asks something of the client that it may refuse while partitions move.</summary>
    private bool TryTell(string what, Action ask)
    {
        try
        {
            ask();
            return true;
        }
        catch (KafkaException e)
        {
            _counters.Error();
            _notices.Say(what, e.Error.Code.ToString(), $"kafka: cannot {what}: {e.Error.Reason}");
            return false;
        }
    }
}
