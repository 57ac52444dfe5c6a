using System.Diagnostics.CodeAnalysis;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <summary>A partition number that is this process's: its queue, its source, and which of its topics' partitions are paused. Used by the thread that polls.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source owns the queue; its reader disposes it.")]
internal sealed class KafkaShard
{
    private readonly SourceOptions _options;
    private readonly Counters _counters;
    private readonly long[] _ends;
    private KafkaPartitionSource? _source;

    /// <summary>The shard of a partition number.</summary>
    public KafkaShard(int number, SourceOptions options, Counters counters, ManualResetEventSlim room, TimeProvider time)
    {
        (Number, _options, _counters) = (number, options, counters);
        Queue = new ShardQueue(options.Kafka.Topics.Count, options.Kafka, room, time);
        Paused = new bool[options.Kafka.Topics.Count];
        _ends = new long[options.Kafka.Topics.Count];
        Array.Fill(_ends, -1);
    }

    /// <summary>The partition's number.</summary>
    public int Number { get; }

    /// <summary>What was fetched and waits.</summary>
    public ShardQueue Queue { get; }

    /// <summary>Whether the partition is paused, a topic each.</summary>
    public bool[] Paused { get; }

    /// <summary>The offset after the last record that the broker has of a topic; null where that is not known yet. From any thread.</summary>
    public long? EndOf(int topic) => Volatile.Read(ref _ends[topic]) is >= 0 and long end ? end : null;

    /// <summary>Notes it; a negative one is none. From any thread.</summary>
    public void NoteEnd(int topic, long end)
    {
        if (end >= 0) Volatile.Write(ref _ends[topic], end);
    }

    /// <summary>Makes the source that the shard's owner reads.</summary>
    public IEventSource Create(EntityKeyCodec keys) => _source = new KafkaPartitionSource(_options, keys, Number, Queue, _counters);

    /// <summary>Lets the source begin at these offsets.</summary>
    public void Begin(long[] cursors) =>
        (_source ?? throw new InvalidOperationException($"The owner of shard {Number} has not made its source.")).Begin(cursors);
}
