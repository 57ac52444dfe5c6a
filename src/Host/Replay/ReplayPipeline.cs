using System.Collections.Immutable;
using System.Diagnostics;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Observability;
using Streaming.Host.Snapshots;
using Streaming.Ingest;
using Streaming.Sinks;
using Streaming.Sinks.Console;
using Streaming.Sinks.Summary;

namespace Streaming.Host.Replay;

/// <summary>Builds what a configuration names, runs it over the whole log, and says how it went.</summary>
/// <param name="configuration">What to run.</param>
/// <param name="time">Measures how long it takes; never reaches a result.</param>
/// <param name="say">Takes what the user should know on the way, a line each.</param>
internal sealed class ReplayPipeline(PipelineConfiguration configuration, TimeProvider time, Action<string> say)
{
    /// <summary>Shows progress; made with the source's own measure of it.</summary>
    public Func<IEventSource, ProgressSink>? Progress { get; init; }

    /// <summary>Shown what goes on, for whoever scrapes; null for nobody. The summary is the same.</summary>
    public RunMetrics? Metrics { get; init; }

    /// <summary>Asked between batches: whether to stop early, in good order.</summary>
    public Func<bool> StopRequested { get; init; } = () => false;

    /// <summary>Runs the stages on the caller's thread instead of a Dataflow graph; the results are the same.</summary>
    public bool Synchronous { get; init; }

    /// <summary>Runs to the end.</summary>
    /// <returns>The summary of the whole stream; null if it was stopped early.</returns>
    public async Task<SummaryData?> RunAsync(CancellationToken ct)
    {
        long begun = time.GetTimestamp();
        GraphPlan plan = configuration.Plan;
        SourceOptions source = configuration.Source;
        EntityKeyCodec names = new(plan.Seed);
        await using IEventSource events = SourceFactory.Create(source, names);
        using BatchPool pool = new(plan.PoolSize, plan.BatchSize, plan.RealColumns, plan.IntegerColumns, plan.ListColumns);
        SnapshotStore? store = configuration.Snapshots.Directory is { Length: > 0 } folder ? new SnapshotStore(folder, configuration.Snapshots.Keep) : null;

        ReportCapture capture = new();
        ProgressSink? progress = Progress?.Invoke(events);
        (Spine spine, SnapshotCoordinator? snapshots) = Build(plan, names, store, events.State is null ? 2 : 3, progress, capture);
        await using (spine)
        using (snapshots)
        {
            SourcePosition start = new();
            LoadedSnapshot? resumed = Restore(store, spine, start, names, events.State);
            BatchStream stream = new(
                events,
                new SourceContext(pool, plan.BatchSize, store is null ? 0 : configuration.Snapshots.RecordsBetween, source.Limit ?? long.MaxValue),
                start,
                names)
            {
                Snapshots = snapshots,
                LastEpoch = resumed?.Epoch ?? 0,
                WantsReport = soFar => (progress?.WantsReport(soFar) ?? false) | (Metrics?.TakeWish() ?? false),
                StopRequested = StopRequested,
                Begun = resumed is null && store is not null ? () => ClearOlder(store) : () => { },
            };
            Metrics?.Begin(new RunParts(events, pool, [.. spine.Stages.Zip(plan.Stages, (node, stage) => new MeasuredStage(node, stage.Type))], snapshots));
            try
            {
                await (Synchronous ? SynchronousRunner.RunAsync(spine, stream, snapshots, ct) : DataflowRunner.RunAsync(spine, stream, snapshots, ct));
            }
            finally
            {
                Metrics?.End();
            }

            if (stream.Stopped) return null;
            return new SummaryData
            {
                Events = stream.End.Single.Events,
                RejectedByReason = stream.End.Single.Rejected.ToArray(),
                Filtered = stream.End.Single.Filtered,
                Join = stream.End.Single.Join,
                ResumedFrom = resumed?.Events,
                Seconds = time.GetElapsedTime(begun).TotalSeconds,
                PeakMemoryBytes = Process.GetCurrentProcess().PeakWorkingSet64,
                Report = capture.Final!,
                Kinds = plan.Stages.ToDictionary(s => s.Id, s => s.Type.Kind, StringComparer.Ordinal),
                Names = names,
            };
        }
    }

    private (Spine Spine, SnapshotCoordinator? Snapshots) Build(
        GraphPlan plan, EntityKeyCodec names, SnapshotStore? store, int sourceParts, ProgressSink? progress, ReportCapture capture)
    {
        List<(string Id, Abstractions.Stages.IOperator Operator, string Type)> operators =
            [.. plan.Stages.Select(s => (s.Id, s.Type.Create(s.Options, s.Binding), s.Type.Name))];
        ColumnView[] columns = [.. plan.Columns.Select(c => ColumnView.Of(c.Stage, c.Name, c.Definition.Type, c.Slot))];
        List<(string Id, Abstractions.Sinks.ISink Sink)> sinks =
            [.. configuration.Sinks.Select(s => (s.Id, s.Type.Create(s.Options, new SinkBinding(s.Id, s.Type.ReadsColumns ? columns : [], names))))];
        if (progress is not null) sinks.Add(("@progress", progress));
        if (Metrics is not null) sinks.Add(("@metrics", new MetricsSink(Metrics)));
        sinks.Add(("@report", capture));

        // The source's position, the names and what the source holds, and every stage and sink that has state.
        int parts = sourceParts + operators.Count(o => o.Operator is IStateful) + sinks.Count(s => s.Sink is IStateful);
        SnapshotCoordinator? snapshots = store is null ? null : new SnapshotCoordinator(store, parts, time);
        return (new Spine(
            [.. operators.Select(o => new StageNode(o.Id, o.Type, o.Operator, snapshots, time))],
            [.. sinks.Select(s => new SinkNode(s.Id, s.Sink, snapshots))]), snapshots);
    }

    private void ClearOlder(SnapshotStore store)
    {
        int removed = store.Clear();
        if (removed > 0) say($"starting over: removed {removed} snapshots of an earlier run from {store.Folder} (--resume would have gone on from them)");
    }

    private LoadedSnapshot? Restore(SnapshotStore? store, Spine spine, SourcePosition start, EntityKeyCodec names, IStateful? held)
    {
        if (store is null) return null;
        if (!configuration.Snapshots.Resume) return null;
        LoadedSnapshot? snapshot = store.LoadNewest(say);
        if (snapshot is null)
        {
            say($"there is no snapshot in {store.Folder}: starting over");
            return null;
        }

        SnapshotRestorer.Restore(
            snapshot,
            [
                (SnapshotCoordinator.SourceSection, new PositionState(start)),
                (SnapshotCoordinator.NamesSection, names),
                .. held is null ? [] : (IEnumerable<(string, IStateful)>)[(SnapshotCoordinator.HeldSection, held)],
                .. spine.StatefulParts,
            ],
            say);
        say($"resumed from snapshot {snapshot.Epoch} at event {snapshot.Events}");
        return snapshot;
    }
}
