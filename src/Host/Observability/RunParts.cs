using System.Collections.Immutable;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Host.Graph;
using Streaming.Host.Shards;
using Streaming.Host.Snapshots;
using Streaming.Sinks;

namespace Streaming.Host.Observability;

/// <summary>The parts of a run that metrics look at. They are only read, from the thread of a scrape, and outlive the run as far as they are looked at.</summary>
/// <param name="Source">Says how much is done; only while the run goes on.</param>
/// <param name="Pool">Says how many batches are out.</param>
/// <param name="Stages">Say how long they have worked.</param>
/// <param name="Deliveries">The sinks whose messages somebody else confirms, with their labels.</param>
/// <param name="Snapshots">Says what was written; null where no snapshots are made.</param>
internal sealed record RunParts(IEventSource Source, BatchPool Pool, ImmutableArray<MeasuredStage> Stages, ImmutableArray<MeasuredSink> Deliveries, SnapshotCoordinator? Snapshots)
{
    /// <summary>The parts of a shard.</summary>
    public static RunParts Of(Shard shard, GraphPlan plan) =>
        new(shard.Source, shard.Pool, [.. shard.Stages.Zip(plan.Stages, (node, stage) => new MeasuredStage(node, stage))], [.. shard.Sinks.Where(s => s.Sink is IDeliverySink).Select(s => new MeasuredSink(s))], shard.Snapshots);

    /// <summary>Labels of a stage: kind, stage, type, in this order everywhere. All of them from the configuration: a closed set.</summary>
    public static KeyValuePair<string, object?>[] LabelsOf(PlannedStage stage) =>
        [new("kind", stage.Type.Kind.ToString().ToLowerInvariant()), new("stage", stage.Id), new("type", stage.Type.Name)];

    /// <summary>Labels of the stage with this id.</summary>
    public KeyValuePair<string, object?>[] LabelsOf(string id)
    {
        foreach (MeasuredStage stage in Stages)
        {
            if (stage.Node.Id == id) return stage.Labels;
        }

        throw new InvalidOperationException($"There is no stage '{id}' in this run.");
    }
}

/// <summary>A stage with its labels.</summary>
internal sealed class MeasuredStage(StageNode node, PlannedStage stage)
{
    /// <summary>The stage at work.</summary>
    public StageNode Node => node;

    /// <summary>Its labels.</summary>
    public KeyValuePair<string, object?>[] Labels { get; } = RunParts.LabelsOf(stage);
}

/// <summary>A sink whose messages somebody else confirms, with its label.</summary>
internal sealed class MeasuredSink(SinkNode node)
{
    /// <summary>What became of its messages.</summary>
    public DeliveryCounts Counts => ((IDeliverySink)node.Sink).Deliveries;

    /// <summary>Its id, from the configuration.</summary>
    public KeyValuePair<string, object?> Label { get; } = new("sink", node.Id);
}
