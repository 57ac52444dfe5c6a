using System.Diagnostics;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Observability;
using Streaming.Host.Shards;
using Streaming.Host.Snapshots;
using Streaming.Ingest;
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

    /// <summary>Ends the replay early, in good order, also while a log is being loaded.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Runs to the end.</summary>
    /// <returns>The summary of the whole stream; null if it was stopped early.</returns>
    public async Task<SummaryData?> RunAsync(CancellationToken ct)
    {
        long begun = time.GetTimestamp();
        GraphPlan plan = configuration.Plan;
        ReportCapture capture = new();
        ProgressSink? progress = null;
        await using Shard shard = await Shard.CreateAsync(new ShardSetup(configuration, names => SourceFactory.Create(configuration.Source, names), Store(), time, say)
        {
            Resume = configuration.Snapshots.Resume,
            MoreSinks = source =>
            {
                progress = Progress?.Invoke(source);
                return OwnSinks(progress, capture);
            },
        });
        if (configuration.Snapshots.Resume) SayWhence(shard);
        shard.WantsReport = events => (progress?.WantsReport(events) ?? false) | (Metrics?.TakeWish() ?? false);
        (shard.StopRequested, shard.Synchronous) = (StopRequested, Synchronous);
        Metrics?.Begin(RunParts.Of(shard, plan));
        try
        {
            await shard.RunAsync(Stop, ct);
        }
        finally
        {
            Metrics?.End();
        }

        if (shard.Stopped) return null;
        PartitionPosition end = shard.End.Single;
        return new SummaryData
        {
            Events = end.Events,
            RejectedByReason = end.Rejected.ToArray(),
            Filtered = end.Filtered,
            Join = end.Join,
            ResumedFrom = shard.Resumed?.Events,
            Seconds = time.GetElapsedTime(begun).TotalSeconds,
            PeakMemoryBytes = Process.GetCurrentProcess().PeakWorkingSet64,
            Report = capture.Final!,
            Kinds = plan.Stages.ToDictionary(s => s.Id, s => s.Type.Kind, StringComparer.Ordinal),
            Names = shard.Names,
        };
    }

    private SnapshotStore? Store() =>
        configuration.Snapshots.Directory is { Length: > 0 } folder ? new SnapshotStore(folder, configuration.Snapshots.Keep) : null;

    private IEnumerable<(string Id, ISink Sink)> OwnSinks(ProgressSink? progress, ReportCapture capture)
    {
        if (progress is not null) yield return ("@progress", progress);
        if (Metrics is not null) yield return ("@metrics", new MetricsSink(Metrics));
        yield return ("@report", capture);
    }

    private void SayWhence(Shard shard) => say(shard.Resumed is { } snapshot
        ? $"resumed from snapshot {snapshot.Epoch} at event {snapshot.Events}"
        : $"there is no snapshot in {configuration.Snapshots.Directory}: starting over");
}
