using Streaming.Abstractions.Stages;

namespace Streaming.Host.Configuration;

/// <summary>A stage as the configuration has it: bound, but not yet in its place.</summary>
/// <param name="Id">Its key under <c>Stages</c>.</param>
/// <param name="Type">Its line of the catalogue.</param>
/// <param name="Options">Its options.</param>
/// <param name="After">Ids of stages that must come before it, beyond what the order of kinds and the columns say.</param>
internal sealed record StageConfiguration(string Id, StageType Type, object Options, IReadOnlyList<string> After);
