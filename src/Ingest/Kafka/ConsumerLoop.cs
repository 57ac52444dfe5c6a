using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// The thread that polls: takes part in the group, puts what comes into the shards' queues, pauses the partitions of a shard that is slow, commits. It polls whatever happens, so that a
/// slow stage never costs the membership; while it hands shards over it does not, and the client's <c>max.poll.interval.ms</c> is how long that may take.
/// </summary>
internal sealed partial class ConsumerLoop : IDisposable
{
    /// <summary>Longest wait for a message, in milliseconds: how late a resume, a commit or the stop may be noticed.</summary>
    private const int PollMilliseconds = 20;

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    private readonly SourceOptions _options;
    private readonly IShardOwner _owner;
    private readonly OffsetCommits _commits;
    private readonly Counters _counters;
    private readonly Notices _notices;
    private readonly KafkaSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly PayloadBuffer _payloads;
    private readonly CloudEventHeaders? _envelopes;
    private readonly IConsumer<Ignore, Payload> _consumer;
    private readonly TopicEnds _ends;
    private readonly BrokerStates _brokers;
    private readonly ManualResetEventSlim _room = new();
    private KafkaShard?[] _shards = [];
    private int _paused;
    private bool _ready;
    private bool _troubled;
    private ExceptionDispatchInfo? _fault;

    /// <summary>A loop that has not connected yet.</summary>
    public ConsumerLoop(
        SourceOptions options, KafkaSettings settings, IShardOwner owner, OffsetCommits commits, Counters counters, Notices notices, KafkaSecrets secrets, TimeProvider time, CancellationToken stop)
    {
        (_options, _owner, _commits, _counters, _notices, _secrets, _time, _stop) = (options, owner, commits, counters, notices, secrets, time, stop);
        _brokers = new BrokerStates(counters);
        _payloads = new PayloadBuffer(options.MaxLineBytes);
        _envelopes = options.Format == "cloudevents" ? new CloudEventHeaders() : null;
        _consumer = new ConsumerBuilder<Ignore, Payload>(ConsumerSettings.Complete(settings, options))
            .SetValueDeserializer(_payloads)
            .SetErrorHandler((_, error) => Tell(error))
            .SetLogHandler((_, line) => Tell(line, settings))
            .SetStatisticsHandler((_, statistics) => _brokers.Read(statistics))
            .SetPartitionsAssignedHandler((_, given) => Assigned(given))
            .SetPartitionsRevokedHandler((_, taken) => Revoked(taken))
            .SetPartitionsLostHandler((_, lost) => Lost(lost))
            .Build();
        _ends = new TopicEnds(_consumer, options.Kafka.Topics, time);
    }

    /// <summary>Whether the group has given this process its share and nothing is being handed over. From any thread.</summary>
    public bool IsReady => Volatile.Read(ref _ready);

    /// <summary>The brokers as the client sees them; null where it has not said yet. From any thread.</summary>
    public KafkaBrokers? Brokers => _brokers.Now;

    /// <summary>How what is this process's stands, a topic's partition each, by shard and topic. From any thread.</summary>
    public IReadOnlyList<KafkaLane> Lanes
    {
        get
        {
            List<KafkaLane> lanes = [];
            foreach (KafkaShard? shard in Volatile.Read(ref _shards))
            {
                for (int topic = 0; topic < shard?.Paused.Length; topic++)
                {
                    (long records, long bytes) = shard.Queue.Waiting(topic);
                    lanes.Add(new KafkaLane(shard.Number, topic, _options.Kafka.Topics[topic], records, bytes, Volatile.Read(ref shard.Paused[topic]), shard.EndOf(topic)));
                }
            }

            return lanes;
        }
    }

    /// <summary>Polls until the stop or a fault; then gives every shard back, and leaves the group.</summary>
    public void Run()
    {
        try
        {
            _shards = new KafkaShard?[new TopicLayout(_consumer, _options.Kafka, _secrets, _time).Partitions(_stop)];
            _consumer.Subscribe(_options.Kafka.Topics);
            Poll();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Before there was anything to give back.
        }
        catch (Exception e)
        {
            Fail(e);
        }

        Leave();
        _fault?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _consumer.Dispose();
        _envelopes?.Dispose();
        _room.Dispose();
    }

    private void Poll()
    {
        long looked = _time.GetTimestamp();
        while (_fault is null && !_stop.IsCancellationRequested)
        {
            ConsumeResult<Ignore, Payload>? result = null;
            try
            {
                result = _consumer.Consume(PollMilliseconds);
            }
            catch (ConsumeException e)
            {
                Judge(e);
            }

            if (result is not null) Deliver(result);
            if (result is not null && _time.GetElapsedTime(looked).TotalMilliseconds < PollMilliseconds) continue;
            looked = _time.GetTimestamp();
            ResumeWhereHalfEmpty();
            _ends.Look(_shards);
            _commits.Begin(_consumer, Owns);
        }
    }

    private void Deliver(ConsumeResult<Ignore, Payload> result)
    {
        int number = result.Partition.Value, topic = TopicOf(result.Topic);
        if (_shards[number] is not { } shard) return;
        ReadOnlySpan<byte> bytes = _payloads.BytesOf(result.Message.Value);
        int length = result.Message.Value.Length;
        if (length >= 0 && length <= _options.MaxLineBytes && _envelopes?.TryWrap(result.Message.Headers, bytes, out ReadOnlySpan<byte> wrapped) == true)
        {
            bytes = wrapped;
            length = wrapped.Length;
        }

        _counters.Record();
        if (_troubled) Recover();
        RecordHeader header = new(result.Offset.Value, Math.Max(0, result.Message.Timestamp.UnixTimestampMs) * 1000, length);
        if (shard.Queue.Add(topic, header, bytes) && !shard.Paused[topic] && !WaitForRoom(shard, topic)) Pause(shard, topic);
    }

    /// <summary>
    /// Waits until a lane that is full has room, while no other lane is short of records: whoever is paused loses what the client has fetched ahead of it. False where it is to be paused:
    /// others would starve, or it is too slow to be waited for.
    /// </summary>
    private bool WaitForRoom(KafkaShard shard, int topic)
    {
        long begin = _time.GetTimestamp();
        while (_time.GetElapsedTime(begin) < LongestHold && !_stop.IsCancellationRequested)
        {
            _room.Reset();
            if (shard.Queue.HasRoom(topic)) return true;
            if (IsAnyShort()) return false;
            _room.Wait(PollMilliseconds);
        }

        return false;
    }

    private bool IsAnyShort()
    {
        foreach (KafkaShard? shard in _shards)
        {
            for (int topic = 0; topic < shard?.Paused.Length; topic++)
            {
                if (shard.Queue.IsShort(topic)) return true;
            }
        }

        return false;
    }

    private void Pause(KafkaShard shard, int topic)
    {
        if (!TryTell("pause", () => _consumer.Pause([new TopicPartition(_options.Kafka.Topics[topic], shard.Number)]))) return;
        shard.Paused[topic] = true;
        _paused++;
        _counters.Pause();
    }

    private void ResumeWhereHalfEmpty()
    {
        if (_paused == 0) return;
        foreach (KafkaShard? shard in _shards)
        {
            for (int topic = 0; topic < shard?.Paused.Length; topic++)
            {
                if (!shard.Paused[topic] || !shard.Queue.IsHalfEmpty(topic)) continue;
                TopicPartition partition = new(_options.Kafka.Topics[topic], shard.Number);
                if (!TryTell("resume", () => _consumer.Resume([partition]))) continue;
                Awaken(partition);
                shard.Paused[topic] = false;
                _paused--;
                _counters.Resume();
            }
        }
    }

    /// <summary>
    /// Has the client look at a partition that was resumed: by itself it does so when something else is to be asked of its broker, or after a second. Any question will do.
    /// </summary>
    private void Awaken(TopicPartition partition) => _ = Task.Run(() =>
    {
        try
        {
            _consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            // Then it looks by itself.
        }
    });

    private int TopicOf(string? name)
    {
        List<string> topics = _options.Kafka.Topics;
        return topics.Count == 1 ? 0 : topics.IndexOf(name!);
    }

    private bool Owns(int shard) => shard < _shards.Length && _shards[shard] is not null;

    private void Leave()
    {
        Volatile.Write(ref _ready, false);
        try
        {
            _consumer.Close();
        }
        catch (KafkaException e)
        {
            _notices.Say("leave", e.Error.Code.ToString(), $"kafka: the group could not be left in good order: {e.Error.Reason}");
            if (_shards.Any(s => s is not null)) Fail(e); // they end without a snapshot
        }

        // What the client did not ask back: it is fenced, or broken.
        LoseEach(_shards.Where(s => s is not null).Select(s => s!.Number).ToArray());
    }

    /// <summary>Ends the loop with the first fault. The client's own exceptions may show what it was told in confidence, and are passed on in words alone.</summary>
    private void Fail(Exception e) => _fault ??= ExceptionDispatchInfo.Capture(e is KafkaException k ? new SourceException(_secrets.Redact($"The Kafka client failed: {k.Error.Reason} ({k.Error.Code}).")) : e);
}
