using Confluent.Kafka;
using Streaming.Shared.Kafka;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>Ratings that keep coming, round-robin over the partitions of the topic <c>events</c>, until the flow is stopped.</summary>
internal sealed class RecordFlow : IAsyncDisposable
{
    private const int TicksPerSecond = 50;

    private readonly string _bootstrap;
    private readonly int _partitions;
    private readonly TopicWriter _writer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _sent;

    public RecordFlow(MockCluster cluster, int partitions, int perSecond)
    {
        (_bootstrap, _partitions, _writer) = (cluster.Bootstrap, partitions, new TopicWriter(cluster.Bootstrap));
        _running = Task.Run(() => RunAsync(perSecond / TicksPerSecond));
    }

    /// <summary>Records that were handed to the client.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>What each partition has now: a client that sends again what it had no answer to may have written a record twice.</summary>
    public long[] Ends()
    {
        using IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = _bootstrap, GroupId = "ends" }).SetLogHandler((_, _) => { }).Build();
        return [.. Enumerable.Range(0, _partitions).Select(p => consumer.QueryWatermarkOffsets(new TopicPartition("events", p), TimeSpan.FromSeconds(20)).High.Value)];
    }

    /// <summary>Sends nothing more; says what each partition has in the end.</summary>
    public async Task<long[]> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return Ends();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _writer.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(int perTick)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1.0 / TicksPerSecond));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                for (int i = 0; i < perTick; i++, _sent++) _writer.Send("events", (int)(_sent % _partitions), TopicWriter.Rating((int)_sent), 1_700_000_000_000 + _sent);
            }
        }
        catch (OperationCanceledException)
        {
            _writer.Flush();
        }
    }
}
