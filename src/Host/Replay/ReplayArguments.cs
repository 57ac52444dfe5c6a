using Streaming.Host.Configuration;

namespace Streaming.Host.Replay;

/// <summary>What the command line asks of a replay, beyond the pipeline itself.</summary>
/// <param name="Layers">Where the configuration comes from.</param>
/// <param name="SummaryFile">Where the summary goes; null for nowhere.</param>
/// <param name="ShowProgress">Whether progress is shown.</param>
/// <param name="ReportFrom">From which event on evaluators report apart; null for what the configuration says.</param>
internal sealed record ReplayArguments(ConfigurationLayers Layers, string? SummaryFile, bool ShowProgress, ReportFrom? ReportFrom = null);
