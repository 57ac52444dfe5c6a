using System.Runtime.ExceptionServices;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Host.Configuration;
using Streaming.Host.Observability;
using Streaming.Host.Shards;
using Streaming.Host.Snapshots;
using Streaming.Host.Web;
using Streaming.Ingest;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Worker;

/// <summary>
/// A pipeline that goes on for as long as the process does: one shard for a source with one partition, or as many as the group gives it. Always resumes.
/// </summary>
/// <remarks>Runs once. Disposed of when it has ended, and nobody asks it any more.</remarks>
internal sealed partial class LiveWorker : IWorkerControl, IAsyncDisposable
{
    private readonly PipelineConfiguration _configuration;
    private readonly IPartitionedSource? _group;
    private readonly MetricsBoard _board;
    private readonly TimeProvider _time;
    private readonly WorkerLog _log;
    private readonly ShardSupervisor _supervisor;
    private readonly Dictionary<int, RunMetrics> _metrics = [];
    private readonly Dictionary<int, long> _ended = [];
    private readonly Queue<long> _kept = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _resets = new(1, 1);
    private WriteAheadLog? _intake;
    private volatile bool _started;
    private volatile bool _stopping;

    /// <summary>A worker that has not started.</summary>
    /// <param name="configuration">What to run.</param>
    /// <param name="group">Where its partitions come from; null for a source with one. Disposed of by whoever made it.</param>
    /// <param name="board">Shown what goes on.</param>
    /// <param name="time">Measures; never reaches a result.</param>
    /// <param name="log">Told what changes.</param>
    public LiveWorker(PipelineConfiguration configuration, IPartitionedSource? group, MetricsBoard board, TimeProvider time, WorkerLog log)
    {
        (_configuration, _group, _board, _time, _log) = (configuration, group, board, time, log);
        _supervisor = new ShardSupervisor((shard, source) => Setup(shard, source, live: true), TimeSpan.FromSeconds(configuration.Snapshots.Seconds)) { Assigned = Assigned, Released = Released, SnapshotWritten = SnapshotWritten };
    }

    /// <summary>Events of the shards that have ended here, those before a resume included.</summary>
    public long Events
    {
        get
        {
            lock (_gate) return _ended.Values.Sum();
        }
    }

    /// <inheritdoc/>
    public WorkerHealth Health
    {
        get
        {
            if (!_started) return new WorkerHealth(false, false, true, "starting");
            if (_supervisor.Fault is { } fault) return new WorkerHealth(true, false, false, fault.Message);
            string stalled = Stalled();
            string reason = stalled.Length > 0 ? stalled : _stopping ? "stopping" : _supervisor.Pause.IsClosed ? "paused" : _group is { IsReady: false } ? "waiting for its partitions" : "";
            return new WorkerHealth(true, reason.Length == 0, stalled.Length == 0, reason);
        }
    }

    /// <summary>Folder of another worker's snapshots, from which shards begin that have none of their own; null for none.</summary>
    public string? Origin { get; init; }

    /// <inheritdoc/>
    public WriteAheadLog? Intake => Volatile.Read(ref _intake);

    /// <summary>Runs until <paramref name="stop"/> ends it in good order, or the source has no more.</summary>
    /// <param name="started">Called once, when it takes part.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="Exception">The first fault; everything else was stopped in good order.</exception>
    public async Task RunAsync(Action started, CancellationToken stop)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop, _supervisor.Failed);
        await using CancellationTokenRegistration stopping = end.Token.Register(() => _stopping = true);
        Task running = _group is null ? RunOneAsync(() => Start(started), end.Token) : RunGroupAsync(_group, () => Start(started), end.Token);
        try
        {
            await running;
        }
        catch (Exception) when (_supervisor.Fault is not null)
        {
            // It follows from the first fault, which is thrown below.
        }

        if (_supervisor.Fault is { } fault) ExceptionDispatchInfo.Throw(fault);
    }

    /// <summary>
    /// Learns from the log of a shard, before it goes live: up to a snapshot from which <see cref="RunAsync"/> goes on. Goes on itself where it was interrupted; does nothing
    /// where the shard is live already.
    /// </summary>
    /// <returns>Whether the shard can go live; false if it was stopped before.</returns>
    public async Task<bool> BackfillAsync(int shard, SourceOptions log, CancellationToken stop)
    {
        if (FolderOf(shard) is not { } folder) throw new ConfigurationException("Snapshots:Directory", "is missing: what is learned from --backfill is kept in a snapshot, from which the worker goes live");
        if (LiveMark.IsSet(folder))
        {
            _log.Said($"shard {shard} is live since an earlier run: its backfill is not needed any more");
            return true;
        }

        (ShardSetup setup, ShardLease? lease) = Setup(shard, keys => new BackfillSource(SourceFactory.Create(log, keys), shard), live: false);
        await using Shard filled = await Shard.CreateAsync(setup with { GoesOn = true });
        if (filled.Resumed is not null && filled.Start.Single.Fingerprint == 0) return true; // it had come to its end
        await filled.RunAsync(stop, CancellationToken.None);
        lease?.Drop();
        _log.Said($"shard {shard} {(filled.Stopped ? "was stopped in its backfill" : "has learned from its log")}, at event {filled.End.Single.Events}");
        return !filled.Stopped;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<int, (long Epoch, long Events)>> SnapshotAsync(CancellationToken ct)
    {
        RefuseWhilePaused();
        SortedDictionary<int, (long, long)> written = [];
        foreach ((Shard shard, Task<long> snapshot) in _supervisor.Shards.Select(s => (s, s.SnapshotAsync())).ToArray())
        {
            await ((Task)snapshot).WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            if (snapshot.IsCompletedSuccessfully) written.Add(shard.Number, (await snapshot, shard.LastSnapshotEvents)); // else it has ended: its last snapshot was written then
        }

        return written;
    }

    /// <inheritdoc/>
    public bool Pause()
    {
        if (!_supervisor.Pause.Close()) return false;
        _log.Paused();
        return true;
    }

    /// <inheritdoc/>
    public bool Resume()
    {
        if (!_supervisor.Pause.Open()) return false;
        _log.Resumed();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        _resets.Dispose();
    }

    /// <summary>What is asked for travels with a batch, and none comes.</summary>
    private void RefuseWhilePaused()
    {
        if (_supervisor.Pause.IsClosed) throw new InvalidOperationException("the worker is paused: resume it first");
    }

    private void Start(Action started)
    {
        _started = true;
        started();
    }

    private Task RunGroupAsync(IPartitionedSource group, Action started, CancellationToken end)
    {
        Task running = group.RunAsync(_supervisor, end);
        started();
        return running;
    }

    private async Task RunOneAsync(Action started, CancellationToken end)
    {
        await _supervisor.AssignAsync(0, Source, end);
        started();
        await Task.WhenAny(_supervisor.WhenEndedAsync(0), Task.Delay(Timeout.Infinite, end));
        Volatile.Write(ref _intake, null);
        await _supervisor.RevokeAsync(0);
    }

    private IEventSource Source(EntityKeyCodec keys)
    {
        IEventSource source = SourceFactory.Create(_configuration.Source, keys);
        if (source is not WriteAheadSource writeAhead) return source;
        writeAhead.Log.Open(); // it takes events from now on: they wait for the stream
        Volatile.Write(ref _intake, writeAhead.Log);
        _board.Log = writeAhead.Log;
        return source;
    }

    private string? FolderOf(int shard) => _configuration.Snapshots.Directory is { Length: > 0 } root ? FolderOf(root, shard) : null;

    private string FolderOf(string root, int shard) => _group is null ? root : Path.Combine(root, $"shard-{shard}");

    private (ShardSetup Setup, ShardLease? Lease) Setup(int shard, Func<EntityKeyCodec, IEventSource> source, bool live)
    {
        ShardLease? lease = null;
        SnapshotStore? store = null;
        if (FolderOf(shard) is { } folder)
        {
            lease = ShardLease.Take(folder, _time);
            store = new SnapshotStore(folder, _configuration.Snapshots.Keep) { Fence = lease };
            store.RemoveUnfinished();
            if (live) LiveMark.Set(folder);
        }

        RunMetrics metrics = new(_time, shard);
        lock (_gate) _metrics[shard] = metrics;
        return (
            new ShardSetup(_configuration, source, store, _time, line => _log.Warned($"shard {shard}: {line}"))
            {
                Number = shard,
                Resume = true,
                Views = live && _configuration.ServesViews ? _board.Views : null,
                Origin = Origin is null ? null : new SnapshotStore(FolderOf(Origin, shard), _configuration.Snapshots.Keep),
                MoreSinks = _ => [("@metrics", new MetricsSink(metrics))],
            },
            lease);
    }

    private void Assigned(Shard shard)
    {
        RunMetrics metrics = MetricsOf(shard);
        shard.WantsReport = _ => metrics.TakeWish();
        metrics.Begin(RunParts.Of(shard, _configuration.Plan));
        _board.Add(metrics);
        _log.Assigned(shard.Number);
        if (shard.Resumed is { } snapshot) _log.Restored(shard.Number, snapshot.Epoch, snapshot.Events, shard.RestoreTime.TotalSeconds);
        else _log.StartedOver(shard.Number, _configuration.Snapshots.Directory ?? "no folder: Snapshots:Directory is not set");
    }

    private void Released(Shard shard, bool lost)
    {
        RunMetrics metrics = MetricsOf(shard);
        metrics.End();
        if (_group is not null) _board.Remove(metrics);
        lock (_gate) _ended[shard.Number] = shard.End.Single.Events; // it may come back, and end again
        if (lost) _log.Lost(shard.Number);
        else _log.Revoked(shard.Number, shard.End.Single.Records);
    }

    private void SnapshotWritten(Shard shard, long epoch, SourcePosition position)
    {
        _log.SnapshotWritten(shard.Number, epoch, position.Single.Events, shard.Snapshots!.LastWriting.TotalSeconds);
        _group?.Acknowledge(shard.Number, position);
        if (Intake is not { } intake) return;
        // What the oldest snapshot that is kept has need not be read again.
        _kept.Enqueue(position.Single.Cursors is [long next, ..] ? next : 0);
        while (_kept.Count > _configuration.Snapshots.Keep) _kept.Dequeue();
        if (_kept.Count == _configuration.Snapshots.Keep) intake.Trim(_kept.Peek());
    }

    private RunMetrics MetricsOf(Shard shard)
    {
        lock (_gate) return _metrics[shard.Number];
    }

    private string Stalled()
    {
        if (_supervisor.Pause.IsClosed) return "";
        foreach (Shard shard in _supervisor.Shards)
        {
            double silent = _time.GetElapsedTime(MetricsOf(shard).LastBatch).TotalSeconds;
            if (silent > _configuration.Worker.StallSeconds) return $"shard {shard.Number} has had no batch for {silent:F0} s";
        }

        return "";
    }
}
