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
/// <param name="configuration">What to run.</param>
/// <param name="group">Where its partitions come from; null for a source with one. Disposed of by whoever made it.</param>
/// <param name="board">Shown what goes on.</param>
/// <param name="time">Measures; never reaches a result.</param>
/// <param name="say">Takes what people should know, a line each.</param>
internal sealed class LiveWorker(PipelineConfiguration configuration, IPartitionedSource? group, MetricsBoard board, TimeProvider time, Action<string> say) : IWorkerControl
{
    private readonly Dictionary<int, RunMetrics> _metrics = [];
    private readonly Lock _gate = new();
    private ShardSupervisor? _supervisor;
    private volatile bool _stopping;

    /// <inheritdoc/>
    public WorkerHealth Health
    {
        get
        {
            ShardSupervisor? supervisor = Volatile.Read(ref _supervisor);
            if (supervisor is null) return new WorkerHealth(false, false, true, "starting");
            if (supervisor.Fault is { } fault) return new WorkerHealth(true, false, false, fault.Message);
            string stalled = Stalled(supervisor);
            string reason = stalled.Length > 0 ? stalled : _stopping ? "stopping" : supervisor.Pause.IsClosed ? "paused" : group is { IsReady: false } ? "waiting for its partitions" : "";
            return new WorkerHealth(true, reason.Length == 0, stalled.Length == 0, reason);
        }
    }

    /// <inheritdoc/>
    public WriteAheadLog? Intake => null;

    /// <summary>Runs until <paramref name="stop"/> ends it in good order, or the source has no more.</summary>
    /// <exception cref="Exception">The first fault; everything else was stopped in good order.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        await using ShardSupervisor supervisor = new(Setup, TimeSpan.FromSeconds(configuration.Snapshots.Seconds))
        {
            Assigned = Assigned,
            Released = Released,
            SnapshotWritten = (shard, position) => group?.Acknowledge(shard, position),
        };
        Volatile.Write(ref _supervisor, supervisor);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop, supervisor.Failed);
        await using CancellationTokenRegistration stopping = end.Token.Register(() => _stopping = true);
        await (group is null ? RunOneAsync(supervisor, end.Token) : group.RunAsync(supervisor, end.Token));
        if (supervisor.Fault is { } fault) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
    }

    /// <summary>
    /// Learns from the log of a shard, before it goes live: up to a snapshot from which <see cref="RunAsync"/> goes on. Goes on itself where it was interrupted; does nothing
    /// where the shard is live already.
    /// </summary>
    /// <returns>Whether the shard can go live; false if it was stopped before.</returns>
    public async Task<bool> BackfillAsync(int shard, SourceOptions log, CancellationToken stop)
    {
        (ShardSetup setup, ShardLease? lease) = Setup(shard, keys => new BackfillSource(SourceFactory.Create(log, keys), shard));
        await using Shard filled = await Shard.CreateAsync(setup with { GoesOn = true });
        if (filled.Resumed is not null && filled.Start.Single.Fingerprint == 0)
        {
            say($"shard {shard}: is live since an earlier run; --backfill is not needed any more");
            return true;
        }

        await filled.RunAsync(stop, CancellationToken.None);
        lease?.Drop();
        say($"shard {shard}: {(filled.Stopped ? "stopped in its backfill" : "has learned from its log,")} at event {filled.End.Single.Events}");
        return !filled.Stopped;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<int, (long Epoch, long Events)>> SnapshotAsync(CancellationToken ct)
    {
        SortedDictionary<int, (long, long)> written = [];
        foreach (Shard shard in Running.Shards)
        {
            long epoch = await shard.SnapshotAsync().WaitAsync(ct);
            written.Add(shard.Number, (epoch, shard.LastSnapshotEvents));
        }

        return written;
    }

    /// <inheritdoc/>
    public bool Pause() => Running.Pause.Close();

    /// <inheritdoc/>
    public bool Resume() => Running.Pause.Open();

    /// <inheritdoc/>
    public async Task<bool> ResetAsync(string stage, CancellationToken ct)
    {
        Task[] renewals = [.. Running.Shards.SelectMany(s => s.Stages).Where(s => s.Id == stage).Select(s => s.RenewAsync())];
        if (renewals.Length == 0) return false;
        await Task.WhenAll(renewals).WaitAsync(ct);
        return true;
    }

    private ShardSupervisor Running => Volatile.Read(ref _supervisor) ?? throw new InvalidOperationException("The worker has not started yet.");

    private async Task RunOneAsync(ShardSupervisor supervisor, CancellationToken end)
    {
        await supervisor.AssignAsync(0, keys => SourceFactory.Create(configuration.Source, keys), end);
        Task ended = supervisor.WhenEndedAsync(0);
        await Task.WhenAny(ended, Task.Delay(Timeout.Infinite, end));
        await supervisor.RevokeAsync(0);
    }

    private (ShardSetup Setup, ShardLease? Lease) Setup(int shard, Func<EntityKeyCodec, IEventSource> source)
    {
        ShardLease? lease = null;
        SnapshotStore? store = null;
        if (configuration.Snapshots.Directory is { Length: > 0 } root)
        {
            string folder = group is null ? root : Path.Combine(root, $"shard-{shard}");
            lease = ShardLease.Take(folder, time);
            store = new SnapshotStore(folder, configuration.Snapshots.Keep) { Fence = lease };
            store.RemoveUnfinished();
        }

        RunMetrics metrics = new(time, shard);
        lock (_gate) _metrics[shard] = metrics;
        return (
            new ShardSetup(configuration, source, store, time, line => say(group is null ? line : $"shard {shard}: {line}"))
            {
                Number = shard,
                Resume = true,
                MoreSinks = _ => [("@metrics", new MetricsSink(metrics))],
            },
            lease);
    }

    private void Assigned(Shard shard)
    {
        RunMetrics metrics = MetricsOf(shard);
        shard.WantsReport = _ => metrics.TakeWish();
        metrics.Begin(RunParts.Of(shard, configuration.Plan));
        board.Add(metrics);
        say(shard.Resumed is { } snapshot
            ? $"shard {shard.Number}: goes on from snapshot {snapshot.Epoch} at event {snapshot.Events}"
            : $"shard {shard.Number}: begins anew");
    }

    private void Released(Shard shard, bool lost)
    {
        RunMetrics metrics = MetricsOf(shard);
        metrics.End();
        if (group is not null) board.Remove(metrics);
        say(lost ? $"shard {shard.Number}: lost, nothing written" : $"shard {shard.Number}: ended at event {shard.End.Single.Events}");
    }

    private RunMetrics MetricsOf(Shard shard)
    {
        lock (_gate) return _metrics[shard.Number];
    }

    private string Stalled(ShardSupervisor supervisor)
    {
        if (supervisor.Pause.IsClosed) return "";
        foreach (Shard shard in supervisor.Shards)
        {
            double silent = time.GetElapsedTime(MetricsOf(shard).LastBatch).TotalSeconds;
            if (silent > configuration.Worker.StallSeconds) return $"shard {shard.Number} has had no batch for {silent:F0} s";
        }

        return "";
    }
}
