using Streaming.Abstractions.Keys;

namespace Streaming.Sinks;

/// <summary>What the plan gives a sink when it is built.</summary>
/// <param name="Id">Id of the sink in the configuration.</param>
/// <param name="Columns">The columns it prints, in the order of the flow; empty for a sink that reads none (<see cref="SinkType.ReadsColumns"/>).</param>
/// <param name="Names">Gives keys their names; shared with the source.</param>
public sealed record SinkBinding(string Id, IReadOnlyList<ColumnView> Columns, EntityKeyCodec Names);
