using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Host.Graph;

namespace Streaming.Host.Shards;

/// <summary>
/// Keeps the shards of a process: builds one with its state when a partition comes, runs it, and ends it in good order when the partition goes. The first fault of any shard is
/// everybody's: <see cref="Failed"/> is cancelled, and the others are stopped in good order.
/// </summary>
/// <param name="setup">What a shard with a number is made of: its source comes with the partition. Called with the shard's lease, which its store asks.</param>
/// <param name="interval">Seconds between snapshots by the clock.</param>
/// <remarks>Assign, revoke and lose are called one at a time; the rest from any thread.</remarks>
internal sealed class ShardSupervisor(Func<int, Func<EntityKeyCodec, IEventSource>, (ShardSetup Setup, ShardLease? Lease)> setup, TimeSpan interval) : IShardOwner, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, RunningShard> _shards = [];
    private readonly CancellationTokenSource _failed = new();
    private readonly PauseGate _pause = new();
    private Exception? _fault;

    /// <summary>Cancelled at the first fault of a shard.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>The first fault; null if there was none.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Holds all shards up.</summary>
    public PauseGate Pause => _pause;

    /// <summary>A shard was built and has its state, before it runs.</summary>
    public Action<Shard> Assigned { get; init; } = _ => { };

    /// <summary>A shard has ended, and how: handed over, or lost.</summary>
    public Action<Shard, bool> Released { get; init; } = (_, _) => { };

    /// <summary>A snapshot of a shard is on the disk.</summary>
    public Action<Shard, long, SourcePosition> SnapshotWritten { get; init; } = (_, _, _) => { };

    /// <summary>The shards that are running, by number.</summary>
    public IReadOnlyList<Shard> Shards
    {
        get
        {
            lock (_gate) return [.. _shards.Values.Select(s => s.Shard)];
        }
    }

    /// <inheritdoc/>
    public async Task<SourcePosition> AssignAsync(int shard, Func<EntityKeyCodec, IEventSource> create, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_shards.ContainsKey(shard)) throw new InvalidOperationException($"Shard {shard} was assigned although it is here already.");
        }

        ct.ThrowIfCancellationRequested();
        (ShardSetup parts, ShardLease? lease) = setup(shard, create);
        Shard built = await Shard.CreateAsync(parts);
        built.SnapshotInterval = built.Snapshots is null ? null : interval;
        built.SnapshotWritten = (epoch, position) => SnapshotWritten(built, epoch, position);
        SourcePosition start = new();
        start.CopyFrom(built.Start);
        Assigned(built);
        RunningShard running = new(built, lease);
        built.Gate = stopped => _pause.WaitAsync(running.Stop.Token, stopped);
        lock (_gate) _shards.Add(shard, running);
        running.Run = Task.Run(() => RunAsync(running), CancellationToken.None);
        return start;
    }

    /// <inheritdoc/>
    public Task RevokeAsync(int shard) => EndAsync(shard, lost: false);

    /// <inheritdoc/>
    public Task LoseAsync(int shard) => EndAsync(shard, lost: true);

    /// <summary>Ends when the shard's stream has, by itself or stopped; at once if there is no such shard.</summary>
    public Task WhenEndedAsync(int shard)
    {
        lock (_gate) return _shards.TryGetValue(shard, out RunningShard? running) ? running.Run : Task.CompletedTask;
    }

    /// <summary>Ends every shard that is left, without writing anything.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Shard shard in Shards) await LoseAsync(shard.Number);
        _pause.Dispose();
        _failed.Dispose();
    }

    private async Task RunAsync(RunningShard running)
    {
        try
        {
            await running.Shard.RunAsync(running.Stop.Token, running.Kill.Token);
        }
        catch (Exception) when (running.Kill.IsCancellationRequested)
        {
            // Lost: whatever was under way came to nothing, as it should.
        }
        catch (Exception e)
        {
            if (e is PipelineFaultException { InnerException: ShardLostException }) running.Shard.Abandon();
            if (Interlocked.CompareExchange(ref _fault, e is PipelineFaultException fault ? fault.OfShard(running.Shard.Number) : e, null) is null) await _failed.CancelAsync();
        }
    }

    private async Task EndAsync(int shard, bool lost)
    {
        RunningShard? running;
        lock (_gate)
        {
            if (!_shards.TryGetValue(shard, out running)) return; // it never came here: its assignment failed
        }

        if (lost)
        {
            running.Lease?.Drop();
            running.Shard.Abandon();
            await running.Kill.CancelAsync();
        }

        await running.Stop.CancelAsync();
        await running.Run;
        lock (_gate) _shards.Remove(shard);
        try
        {
            Released(running.Shard, lost);
        }
        finally
        {
            await running.DisposeAsync();
        }
    }

    private sealed class RunningShard(Shard shard, ShardLease? lease) : IAsyncDisposable
    {
        public Shard Shard => shard;

        public ShardLease? Lease => lease;

        public CancellationTokenSource Stop { get; } = new();

        public CancellationTokenSource Kill { get; } = new();

        public Task Run { get; set; } = Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            await shard.DisposeAsync();
            Stop.Dispose();
            Kill.Dispose();
        }
    }
}
