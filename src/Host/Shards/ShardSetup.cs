using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;
using Streaming.Host.Configuration;
using Streaming.Host.Snapshots;
using Streaming.Host.Views;

namespace Streaming.Host.Shards;

/// <summary>What a shard is made of.</summary>
/// <param name="Configuration">The pipeline: the same for every shard.</param>
/// <param name="Source">Makes its source, with the codec that gives its ids their keys.</param>
/// <param name="Store">Where its snapshots are; null for none.</param>
/// <param name="Time">Measures; never reaches a result.</param>
/// <param name="Say">Takes what people should know, a line each.</param>
internal sealed record ShardSetup(
    PipelineConfiguration Configuration, Func<EntityKeyCodec, IEventSource> Source, ISnapshotStore? Store, TimeProvider Time, Action<string> Say)
{
    /// <summary>Number of the shard: of the partition.</summary>
    public int Number { get; init; }

    /// <summary>Whether it goes on from the newest valid snapshot of its store.</summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Where a shard that has no snapshot of its own begins: another worker's snapshots, which are only read. What its sinks had written is not taken over. Null: at the beginning.
    /// </summary>
    public ISnapshotStore? Origin { get; init; }

    /// <summary>Where its sketches publish their states for views across shards; null for none.</summary>
    public ViewBoard? Views { get; init; }

    /// <summary>Whether the stream goes on elsewhere after the end of the source.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Sinks beside those of the configuration, with ids that no configuration can have.</summary>
    public Func<IEventSource, IEnumerable<(string Id, ISink Sink)>> MoreSinks { get; init; } = _ => [];
}
