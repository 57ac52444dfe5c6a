using System.Collections.Concurrent;
using System.Collections.Immutable;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Snapshots;
using Streaming.Ingest;
using Streaming.Sinks;

namespace Streaming.Host.Shards;

/// <summary>
/// One partition's stream with everything that belongs to it: source, names, batches, one spine, sinks, snapshots. Nothing of it is shared with another shard, so that it
/// moves whole, and its numbers depend on its own stream alone.
/// </summary>
/// <remarks>Built and restored by <see cref="CreateAsync"/>, run once, disposed of by whoever made it. <see cref="SnapshotAsync"/> may be called from any thread.</remarks>
internal sealed class Shard : IAsyncDisposable
{
    private readonly ShardSetup _setup;
    private readonly GraphPlan _plan;
    private readonly EntityKeyCodec _names;
    private readonly SortedDictionary<long, SourcePosition> _begun = [];
    private readonly ConcurrentQueue<byte[]> _marks = new();
    private readonly Lock _gate = new();
    private Spine _spine = null!;
    private TaskCompletionSource<long>? _wantedSnapshot;
    private long _wantedEpoch;
    private bool _ended;
    private long _lastBegun;
    private long _lastRecords;
    private long _lastSnapshotEvents;

    private Shard(ShardSetup setup)
    {
        _setup = setup;
        _plan = setup.Configuration.Plan;
        _names = setup.Configuration.Privacy.Codec(_plan.Seed);
        Source = setup.Source(_names);
        Pool = new BatchPool(_plan.PoolSize, _plan.BatchSize, _plan.RealColumns, _plan.IntegerColumns, _plan.ListColumns);
    }

    /// <summary>Number of the shard.</summary>
    public int Number => _setup.Number;

    /// <summary>Where its events come from.</summary>
    public IEventSource Source { get; }

    /// <summary>Its batches.</summary>
    public BatchPool Pool { get; }

    /// <summary>Its stages, in the order of the flow.</summary>
    public IReadOnlyList<StageNode> Stages => _spine.Stages;

    /// <summary>Its sinks.</summary>
    public IReadOnlyList<SinkNode> Sinks => _spine.Sinks;

    /// <summary>Gives keys their names.</summary>
    public EntityKeyCodec Names => _names;

    /// <summary>Where its snapshots are gathered; null for none.</summary>
    public SnapshotCoordinator? Snapshots { get; private set; }

    /// <summary>The snapshot it goes on from; null if it begins at the beginning.</summary>
    public LoadedSnapshot? Resumed { get; private set; }

    /// <summary>How long it took to read that and to give the parts their state.</summary>
    public TimeSpan RestoreTime { get; private set; }

    /// <summary>Where its source goes on.</summary>
    public SourcePosition Start { get; } = new();

    /// <summary>Where the stream ended, or has come to.</summary>
    public SourcePosition End { get; private set; } = new();

    /// <summary>Whether the run was stopped early, in good order.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Events that the last snapshot on the disk has; 0 before the first.</summary>
    public long LastSnapshotEvents
    {
        get
        {
            lock (_gate) return _lastSnapshotEvents;
        }
    }

    /// <summary>Called with the number and the position of each snapshot that is on the disk.</summary>
    public Action<long, SourcePosition> SnapshotWritten { get; set; } = (_, _) => { };

    /// <summary>Asked with each batch: whether somebody wants a report with it.</summary>
    public Func<long, bool> WantsReport { get; set; } = _ => false;

    /// <summary>Asked between batches: whether to stop early, in good order.</summary>
    public Func<bool> StopRequested { get; set; } = () => false;

    /// <summary>Awaited between batches: holds the stream up while it is paused.</summary>
    public Func<CancellationToken, ValueTask> Gate { get; set; } = _ => ValueTask.CompletedTask;

    /// <summary>Runs the stages on the caller's thread instead of a Dataflow graph; the results are the same.</summary>
    public bool Synchronous { get; set; }

    /// <summary>How long after a snapshot the next is cut, if there are new records; null: only by the number of records. Never changes a result.</summary>
    public TimeSpan? SnapshotInterval { get; set; }

    /// <summary>Builds a shard and gives it back its state.</summary>
    /// <exception cref="StateMismatchException">The snapshot was made with other options.</exception>
    /// <exception cref="NoValidSnapshotException">There are snapshots, and none is valid.</exception>
    public static async Task<Shard> CreateAsync(ShardSetup setup)
    {
        Shard shard = new(setup);
        try
        {
            shard.Build();
            shard.Restore();
            return shard;
        }
        catch
        {
            await shard.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs to the end of the stream, or until <paramref name="stop"/> ends it in good order, with a snapshot.</summary>
    /// <param name="stop">Ends the stream after the batch under way.</param>
    /// <param name="ct">Drops everything.</param>
    /// <exception cref="PipelineFaultException">A part failed.</exception>
    public async Task RunAsync(CancellationToken stop, CancellationToken ct)
    {
        PipelineConfiguration configuration = _setup.Configuration;
        SourceContext context = new(
            Pool, _plan.BatchSize, _setup.Store is null ? 0 : configuration.Snapshots.RecordsBetween, configuration.Source.Limit ?? long.MaxValue)
        {
            ReportEvery = [.. _spine.Sinks.Select(s => s.Sink.ReportEvery).Where(e => e > 0).Distinct().Order()],
            PublishEvery = _setup.Views is null ? 0 : configuration.Worker.ViewEvery,
            KeepRecords = _spine.Sinks.Any(s => s.Sink.NeedsRecords),
            Stop = stop,
            GoesOn = _setup.GoesOn,
            Time = _setup.Time,
            TakeMark = () => _marks.TryDequeue(out byte[]? mark) ? mark : null,
            MaxDelay = TimeSpan.FromMilliseconds(configuration.Worker.MaxDelayMilliseconds),
        };
        BatchStream stream = new(Source, context, Start, _names)
        {
            Snapshots = Snapshots,
            LastEpoch = Resumed?.Epoch ?? 0,
            WantsReport = WantsReport,
            WantsSnapshot = WantsSnapshot,
            SnapshotBegun = Remember,
            StopRequested = StopRequested,
            Gate = Gate,
            Begun = !_setup.Resume && _setup.Store is { } store ? () => ClearOlder(store) : () => { },
        };
        End = stream.End;
        (_lastBegun, _lastRecords) = (_setup.Time.GetTimestamp(), Start.Single.Records);
        try
        {
            await (Synchronous ? SynchronousRunner.RunAsync(_spine, stream, Snapshots, ct) : DataflowRunner.RunAsync(_spine, stream, Snapshots, ct));
        }
        finally
        {
            Stopped = stream.Stopped;
            foreach (StageNode stage in Stages) stage.End();
            lock (_gate)
            {
                _ended = true;
                _wantedSnapshot?.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    /// <summary>Cuts a snapshot with the next batch.</summary>
    /// <returns>Ends with its number when it is on the disk; cancelled if the shard ends before.</returns>
    /// <exception cref="InvalidOperationException">The shard makes no snapshots.</exception>
    public Task<long> SnapshotAsync()
    {
        if (Snapshots is null) throw new InvalidOperationException("No snapshots are made: Snapshots:Directory is not set.");
        lock (_gate)
        {
            if (_ended) return Task.FromCanceled<long>(new CancellationToken(canceled: true));
            if (_wantedSnapshot is null) (_wantedSnapshot, _wantedEpoch) = (new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously), 0);
            return _wantedSnapshot.Task;
        }
    }

    /// <summary>Has a control record of the engine's own enter the stream with the next batch, where its source takes such records. From any thread.</summary>
    public void Enter(byte[] mark) => _marks.Enqueue(mark);

    /// <summary>Nothing of it writes any more: its partition is somebody else's.</summary>
    public void Abandon()
    {
        foreach (SinkNode sink in _spine.Sinks) sink.Sink.Abandon();
    }

    public async ValueTask DisposeAsync()
    {
        _setup.Views?.Remove(Number); // first, as the next: what was frozen and not written is the stages' memory
        Snapshots?.Dispose();
        if (_spine is not null) await _spine.DisposeAsync();
        Pool.Dispose();
        await Source.DisposeAsync();
    }

    private void Build()
    {
        ColumnView[] columns = [.. _plan.Columns.Select(c => ColumnView.Of(c.Stage, c.Name, c.Definition.Type, c.Slot))];
        List<(string Id, ISink Sink)> sinks = [];
        List<(PlannedStage Stage, IOperator Operator)> operators = [];
        try
        {
            foreach (PlannedStage stage in _plan.Stages) operators.Add((stage, stage.Type.Create(stage.Options, stage.Binding)));
            foreach (SinkConfiguration sink in _setup.Configuration.Sinks) sinks.Add((sink.Id, sink.Type.Create(sink.Options, Binding(sink, columns))));
            sinks.AddRange(_setup.MoreSinks(Source));
        }
        finally
        {
            // The source's position, the names and what the source holds, and every stage and sink that has state.
            int parts = (Source.State is null ? 2 : 3) + operators.Count(o => o.Operator is IStateful) + sinks.Count(s => s.Sink is IStateful);
            Snapshots = _setup.Store is null ? null : new SnapshotCoordinator(_setup.Store, parts, _setup.Time) { OnWritten = Written };
            _spine = new Spine(
                [.. operators.Select(o => new StageNode(o.Stage.Id, o.Stage.Type.Name, o.Operator, Snapshots, _setup.Time)
                {
                    Create = () => o.Stage.Type.Create(o.Stage.Options, o.Stage.Binding),
                    Publisher = o.Operator is IMergeableOperator ? _setup.Views?.Add(Number, o.Stage, _names, _setup.Time) : null,
                })],
                [.. sinks.Select(s => new SinkNode(s.Id, s.Sink, Snapshots))]);
        }
    }

    private SinkBinding Binding(SinkConfiguration sink, IReadOnlyList<ColumnView> columns) => new(sink.Id, sink.Type.ReadsColumns ? columns : [], _names)
    {
        Shard = Number,
        Source = _setup.Configuration.Source.Name,
        Topics = _setup.Configuration.Source.Topics,
        Kafka = _setup.Configuration.Kafka,
        Say = _setup.Say,
    };

    private void Restore()
    {
        if (_setup.Store is not { } store || !_setup.Resume) return;
        long begun = _setup.Time.GetTimestamp();
        Resumed = store.LoadNewest(_setup.Say);
        bool own = Resumed is not null;
        Resumed ??= FromOrigin();
        if (Resumed is null) return;
        SnapshotRestorer.Restore(
            Resumed,
            [
                (SnapshotCoordinator.SourceSection, new PositionState(Start)),
                (SnapshotCoordinator.NamesSection, _names),
                .. Source.State is { } held ? [(SnapshotCoordinator.HeldSection, held)] : ImmutableArray<(string, IStateful)>.Empty,
                .. own ? _spine.StatefulParts : _spine.StatefulStages,
            ],
            _setup.Say);
        // A write-ahead log is the process's own: another's places mean nothing in it.
        if (!own && _setup.Configuration.Source.Type == SourceKind.Http) Start.Single.LeaveLog();
        End.CopyFrom(Start);
        RestoreTime = _setup.Time.GetElapsedTime(begun);
    }

    /// <summary>The newest snapshot of another worker, without what its sinks had written.</summary>
    private LoadedSnapshot? FromOrigin()
    {
        if (_setup.Origin?.LoadNewest(_setup.Say) is not { } snapshot) return null;
        HashSet<string> sinks = [.. _spine.Sinks.Select(s => s.Id)];
        return snapshot with { Sections = snapshot.Sections.Where(s => !sinks.Contains(s.Key)).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal) };
    }

    private void ClearOlder(ISnapshotStore store)
    {
        int removed = store.Clear();
        if (removed > 0) _setup.Say($"starting over: removed {removed} snapshots of an earlier run from {store.Place} (--resume would have gone on from them)");
    }

    private bool WantsSnapshot()
    {
        if (SnapshotInterval is { } interval && End.Single.Records > _lastRecords && _setup.Time.GetElapsedTime(_lastBegun) >= interval) return true;
        lock (_gate) return _wantedSnapshot is not null && _wantedEpoch == 0;
    }

    private void Remember(long epoch, SourcePosition position)
    {
        SourcePosition copy = new();
        copy.CopyFrom(position);
        (_lastBegun, _lastRecords) = (_setup.Time.GetTimestamp(), position.Single.Records);
        lock (_gate)
        {
            _begun.Add(epoch, copy);
            if (_wantedSnapshot is not null && _wantedEpoch == 0) _wantedEpoch = epoch;
        }
    }

    private void Written(long epoch)
    {
        SourcePosition? position;
        lock (_gate)
        {
            _begun.Remove(epoch, out position);
            _lastSnapshotEvents = position!.Single.Events;
            if (_wantedSnapshot is { } wanted && _wantedEpoch > 0 && epoch >= _wantedEpoch)
            {
                wanted.TrySetResult(epoch);
                _wantedSnapshot = null;
            }
        }

        SnapshotWritten(epoch, position);
    }
}
