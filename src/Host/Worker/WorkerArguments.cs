using Streaming.Host.Configuration;

namespace Streaming.Host.Worker;

/// <summary>What <c>streaming run</c> was told.</summary>
/// <param name="Layers">The configuration.</param>
/// <param name="Backfill">Logs to learn from before going live, as <see cref="Worker.Backfill"/> takes them.</param>
/// <param name="FromSnapshot">Folder of another worker's snapshots to begin from; null for none.</param>
internal sealed record WorkerArguments(ConfigurationLayers Layers, IReadOnlyList<string> Backfill, string? FromSnapshot);
