using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Keys;

namespace Streaming.Sinks;

/// <summary>What the plan gives a sink when it is built.</summary>
/// <param name="Id">Id of the sink in the configuration.</param>
/// <param name="Columns">The columns it prints, in the order of the flow; empty for a sink that reads none (<see cref="SinkType.ReadsColumns"/>).</param>
/// <param name="Names">Gives keys their names; shared with the source.</param>
public sealed record SinkBinding(string Id, IReadOnlyList<ColumnView> Columns, EntityKeyCodec Names)
{
    /// <summary>Number of the shard whose results the sink takes; 0 where there is one only.</summary>
    public int Shard { get; init; }

    /// <summary>Names the source in rows and messages, so that those of two pipelines never meet: its topics, or its files.</summary>
    public string Source { get; init; } = "";

    /// <summary>The names of the source's topics, in their order; empty for sources without topics.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>What the Kafka client is told.</summary>
    public KafkaSettings Kafka { get; init; } = KafkaSettings.None;

    /// <summary>Takes what people should know on the way, a line each.</summary>
    public Action<string> Say { get; init; } = _ => { };
}
