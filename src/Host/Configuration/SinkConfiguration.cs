using Streaming.Sinks;

namespace Streaming.Host.Configuration;

/// <summary>A sink as the configuration has it.</summary>
/// <param name="Id">Its key under <c>Sinks</c>.</param>
/// <param name="Type">Its line of the catalogue.</param>
/// <param name="Options">Its options.</param>
internal sealed record SinkConfiguration(string Id, SinkType Type, object Options);
