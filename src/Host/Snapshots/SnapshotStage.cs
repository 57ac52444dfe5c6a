using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;

namespace Streaming.Host.Snapshots;

/// <summary>One stage as it was when the newest valid snapshot of a folder was made, and the names that were known then: to be asked, while nothing runs.</summary>
/// <remarks>Reads the folder once; a worker may write to it meanwhile. One caller at a time.</remarks>
internal sealed class SnapshotStage : IDisposable
{
    private SnapshotStage(PlannedStage plan, LoadedSnapshot snapshot, EntityKeyCodec names)
    {
        (Plan, Epoch, Events, Names) = (plan, snapshot.Epoch, snapshot.Events, names);
        Operator = plan.Type.Create(plan.Options, plan.Binding);
    }

    /// <summary>Its place in the plan.</summary>
    public PlannedStage Plan { get; }

    /// <summary>The stage.</summary>
    public IOperator Operator { get; }

    /// <summary>Gives keys their names.</summary>
    public EntityKeyCodec Names { get; }

    /// <summary>Number of the snapshot.</summary>
    public long Epoch { get; }

    /// <summary>Events of the stream that it contains.</summary>
    public long Events { get; }

    /// <summary>Time of the last of them, microseconds since the Unix epoch.</summary>
    public long Time { get; private set; }

    /// <summary>Restores a stage.</summary>
    /// <param name="configuration">The pipeline that made the snapshots, with their folder.</param>
    /// <param name="stage">Which stage of its plan.</param>
    /// <param name="say">Takes which snapshots were passed over, and why.</param>
    /// <exception cref="NoValidSnapshotException">There is no snapshot, or none that is valid.</exception>
    /// <exception cref="StateMismatchException">The snapshot was made with other options, or has nothing of the stage.</exception>
    public static SnapshotStage Load(PipelineConfiguration configuration, PlannedStage stage, Action<string> say)
    {
        string folder = configuration.Snapshots.Directory!;
        LoadedSnapshot snapshot = new SnapshotStore(folder, configuration.Snapshots.Keep).LoadNewest(say)
            ?? throw new NoValidSnapshotException($"There is no snapshot in {folder}.{(Directory.Exists(Path.Combine(folder, "shard-0")) ? " Each partition has a folder of its own there: name one, as in " + Path.Combine(folder, "shard-0") : "")}");
        SnapshotStage restored = new(stage, snapshot, configuration.Privacy.Codec(configuration.Plan.Seed));
        try
        {
            restored.Restore(snapshot, say);
            return restored;
        }
        catch
        {
            restored.Dispose();
            throw;
        }
    }

    public void Dispose() => (Operator as IDisposable)?.Dispose();

    private void Restore(LoadedSnapshot snapshot, Action<string> say)
    {
        if (Operator is not IStateful part || !snapshot.Sections.ContainsKey(Plan.Id)) throw new StateMismatchException($"snapshot {snapshot.Epoch} has nothing of a stage '{Plan.Id}'.");
        SourcePosition position = new();
        (string Id, IStateful Part)[] parts = [(SnapshotCoordinator.SourceSection, new PositionState(position)), (SnapshotCoordinator.NamesSection, Names), (Plan.Id, part)];
        Dictionary<string, LoadedSection> sections = snapshot.Sections.Where(s => parts.Any(p => p.Id == s.Key)).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
        SnapshotRestorer.Restore(snapshot with { Sections = sections }, parts, say);
        Time = position.Single.Time;
    }
}
