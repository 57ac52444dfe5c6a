using Confluent.Kafka;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// The topics of a Kafka cluster, shared with the other processes of a consumer group: each partition number is a shard. Where a shard goes on is in its snapshot; offsets are
/// committed after snapshots, for lag tools alone, and never read.
/// </summary>
/// <remarks>
/// <para>Under pressure: what waits of a shard is bounded (<see cref="KafkaSourceOptions.QueueRecords"/>); its partitions are paused, and the group is not left.</para>
/// <para>On failure: a broker that is lost is waited for. Offsets that are gone, a client that cannot go on, and topics that do not fit each other end the run with what to do; the shards
/// are given back in good order as far as possible.</para>
/// <para>At a restart: every shard goes on after the last record of its snapshot. What its graph did since is done again, with the same numbers; what its sinks wrote since,
/// they drop.</para>
/// <para>While shards are handed over the thread that polls waits for their owner: draining and writing a snapshot must take less than the client's
/// <c>max.poll.interval.ms</c> (5 minutes), or the partitions are lost.</para>
/// <para>Threads: one of its own polls. <see cref="RunAsync"/> is called once.</para>
/// </remarks>
public sealed class KafkaSource : IPartitionedSource, IKafkaState
{
    private readonly SourceOptions _options;
    private readonly KafkaSettings _settings;
    private readonly TimeProvider _time;
    private readonly Counters _counters = new();
    private readonly KafkaSecrets _secrets;
    private readonly Notices _notices;
    private readonly OffsetCommits _commits;
    private ConsumerLoop? _loop;

    /// <summary>A source that is not connected yet.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="settings">Without mistakes (<see cref="Validate"/>).</param>
    /// <param name="say">Prints a line for people: warnings, what the client recovers from. Called from any thread, and never with a secret.</param>
    /// <param name="time">Measures patience; never reaches a result.</param>
    public KafkaSource(SourceOptions options, KafkaSettings settings, Action<string> say, TimeProvider? time = null)
    {
        (_options, _settings, _time, _secrets) = (options, settings, time ?? TimeProvider.System, new KafkaSecrets(settings));
        _notices = new Notices(say, _secrets);
        _commits = new OffsetCommits(options.Kafka.Topics, _counters, _notices);
    }

    /// <inheritdoc/>
    public bool IsReady => Volatile.Read(ref _loop)?.IsReady ?? false;

    /// <inheritdoc/>
    public KafkaSourceCounts Counts => _counters.Read();

    /// <inheritdoc/>
    public IReadOnlyList<KafkaLane> Lanes => Volatile.Read(ref _loop)?.Lanes ?? [];

    /// <inheritdoc/>
    public KafkaBrokers? Brokers => Volatile.Read(ref _loop)?.Brokers;

    /// <summary>
    /// Everything that is wrong with the settings of a consumer, with the path of each in the configuration; empty if nothing is. If the rules find nothing, the client itself is asked
    /// for names and values that it does not take. Connects to nothing.
    /// </summary>
    /// <param name="options">The source's.</param>
    /// <param name="settings">The root <c>Kafka</c>.</param>
    public static IReadOnlyList<(string Path, string Message)> Validate(SourceOptions options, KafkaSettings settings)
    {
        NativeLibrdkafka.Register(null);
        List<(string, string)> mistakes = [.. ConsumerSettings.Mistakes(settings, options.Kafka.Topics.Count)];
        if (mistakes.Count == 0) mistakes.AddRange(ConsumerSettings.ClientMistakes(settings, options));
        return mistakes;
    }

    /// <inheritdoc/>
    public Task RunAsync(IShardOwner owner, CancellationToken stop)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() => Run(owner, ended, stop)) { Name = "kafka", IsBackground = true };
        thread.Start();
        return ended.Task;
    }

    /// <inheritdoc/>
    public void Acknowledge(int shard, SourcePosition position) => _commits.Note(shard, position.Single);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the client refuses it repeats, with the value: only its words without secrets are passed on.</summary>
    private ConsumerLoop Connect(IShardOwner owner, CancellationToken stop)
    {
        string refusal;
        try
        {
            return new ConsumerLoop(_options, _settings, owner, _commits, _counters, _notices, _secrets, _time, stop);
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            refusal = e.Message;
        }

        throw new SourceException(_secrets.Redact($"The Kafka client refuses its settings: {refusal}"));
    }

    private void Run(IShardOwner owner, TaskCompletionSource ended, CancellationToken stop)
    {
        try
        {
            NativeLibrdkafka.Register(null);
            foreach (string warning in KafkaSecurity.Warnings(_settings.ForConsumer())) _notices.Say(warning, warning, warning);
            using ConsumerLoop loop = Connect(owner, stop);
            Volatile.Write(ref _loop, loop);
            loop.Run();
            ended.SetResult();
        }
        catch (Exception e)
        {
            ended.SetException(e);
        }
    }
}
