using System.Collections.Immutable;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Graph;

/// <summary>A column with the slot the plan gave it.</summary>
/// <param name="Stage">Id of the stage that writes it.</param>
/// <param name="Name">Name within the stage, with the member if it belongs to a family.</param>
/// <param name="Definition">Type and meaning.</param>
/// <param name="Slot">0-based index among the batch's columns of its type.</param>
/// <param name="Readers">Ids of the stages and sinks that read it, in the order of the flow.</param>
internal sealed record PlannedColumn(string Stage, string Name, ColumnDefinition Definition, int Slot, ImmutableArray<string> Readers)
{
    public string FullName => $"{Stage}.{Name}";
}

/// <summary>A stage in its place in the flow.</summary>
/// <param name="Id">Its key under <c>Stages</c>.</param>
/// <param name="Type">Its line of the catalogue.</param>
/// <param name="Options">Its options, bound and validated.</param>
/// <param name="Binding">Seed and slots.</param>
/// <param name="Reads">Full names of the columns it reads.</param>
/// <param name="Writes">The columns it writes for others.</param>
/// <param name="Bytes">Most bytes it may take.</param>
internal sealed record PlannedStage(
    string Id,
    StageType Type,
    object Options,
    StageBinding Binding,
    ImmutableArray<string> Reads,
    ImmutableArray<PlannedColumn> Writes,
    long Bytes);
