using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Shared.State;

namespace Streaming.Ingest.Tests.Kafka;

/// <summary>Reads one shard in the background and keeps everything that came, copied out of its batches.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The end of the read disposes of everything.")]
public sealed class ShardReading
{
    private readonly IEventSource _source;
    private readonly EntityKeyCodec _keys = new(42);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly BatchPool _pool;
    private readonly ManualResetEventSlim _gate;
    private readonly Lock _lock = new();
    private readonly List<string> _events = [];
    private readonly List<(byte, long)> _taken = [];
    private readonly List<string> _rejections = [];
    private readonly List<string> _records = [];
    private readonly List<ControlKind> _controls = [];
    private readonly SourcePosition _position = new();
    private byte[] _held;
    private int _batches;

    public ShardReading(int shard, Func<EntityKeyCodec, IEventSource> create, SourcePosition from, byte[]? held, int batchSize, bool keepRecords, ManualResetEventSlim gate)
    {
        (Shard, _gate) = (shard, gate);
        _pool = new BatchPool(3, batchSize, 0, 0);
        _source = create(_keys);
        if (held is not null) StateBytes.Restore(_source.State!, held);
        _held = StateBytes.Save(_source.State!);
        _position.CopyFrom(from);
        SourcePosition start = new();
        start.CopyFrom(from);
        SourceContext context = new(_pool, batchSize) { KeepRecords = keepRecords, Stop = _stop.Token };
        Done = Task.Run(() => ReadAsync(start, context));
    }

    public int Shard { get; }

    /// <summary>Ends with the read, or its fault.</summary>
    public Task Done { get; }

    public int Batches => Volatile.Read(ref _batches);

    public IReadOnlyList<string> Events => Copy(_events);

    public IReadOnlyList<string> Rejections => Copy(_rejections);

    public IReadOnlyList<string> Records => Copy(_records);

    public IReadOnlyList<ControlKind> Controls => Copy(_controls);

    public IReadOnlyList<(byte Topic, long Offset)> Taken() => Copy(_taken);

    public byte[] Held
    {
        get
        {
            lock (_lock) return _held;
        }
    }

    /// <summary>Where the shard stands.</summary>
    public SourcePosition Position
    {
        get
        {
            lock (_lock)
            {
                SourcePosition copy = new();
                copy.CopyFrom(_position);
                return copy;
            }
        }
    }

    public int RentedAtTheEnd { get; private set; }

    /// <summary>Ends the read in good order.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        _gate.Set();
        await EndAsync();
    }

    /// <summary>Ends it at once.</summary>
    public async Task AbandonAsync()
    {
        await _abandon.CancelAsync();
        _gate.Set();
        try
        {
            await EndAsync();
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }

    private async Task EndAsync()
    {
        try
        {
            await Done;
        }
        finally
        {
            RentedAtTheEnd = _pool.Rented;
            await _source.DisposeAsync();
            _pool.Dispose();
            _stop.Dispose();
            _abandon.Dispose();
        }
    }

    private async Task ReadAsync(SourcePosition from, SourceContext context)
    {
        await foreach (BatchLease lease in _source.ReadAsync(from, context, _abandon.Token))
        {
            _gate.Wait(_abandon.Token);
            Add(lease.Batch);
            lease.Release();
            Interlocked.Increment(ref _batches);
        }
    }

    private void Add(EventBatch batch)
    {
        lock (_lock)
        {
            foreach (ref readonly Event e in batch.Events)
            {
                _events.Add(string.Create(CultureInfo.InvariantCulture, $"{e.Topic}/{e.Partition}/{e.Offset} {_keys.Name(e.User)} {_keys.Name(e.Item)} {e.Value:R} {e.Time} {e.ArrivalTime}"));
                _taken.Add((e.Topic, e.Offset));
            }

            for (int i = 0; i < batch.Rejections.Count; i++)
            {
                Rejection r = batch.Rejections[i];
                _rejections.Add(string.Create(CultureInfo.InvariantCulture, $"{r.Topic}/{r.Partition}/{r.Offset} {r.Error.Reason.Label()} {r.Error.Field} {r.Length} {Encoding.Latin1.GetString(batch.Rejections.BytesOf(r))}"));
            }

            for (int i = 0; i < batch.Records.Count; i++)
            {
                RecordOrigin o = batch.Records.OriginOf(i);
                _records.Add(string.Create(CultureInfo.InvariantCulture, $"{o.Topic}/{o.Partition}/{o.Offset}/{o.ArrivalTime} {Encoding.UTF8.GetString(batch.Records.BytesOf(i))}"));
            }

            if (batch.Control.Kind != ControlKind.None) _controls.Add(batch.Control.Kind);
            if (batch.Position.Single.Events - batch.Count != batch.FirstOrdinal) throw new InvalidOperationException("The first ordinal contradicts the position.");
            _position.CopyFrom(batch.Position);
            _held = StateBytes.Save(_source.State!);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_lock) return [.. list];
    }
}
