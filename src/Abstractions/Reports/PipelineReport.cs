namespace Streaming.Abstractions.Reports;

/// <summary>
/// What all stages say at one point of the stream. It travels with a batch: each stage adds its part right after it has processed that batch, so
/// that all parts speak of the same events.
/// </summary>
public sealed class PipelineReport
{
    private readonly List<StageReport> _stages = [];

    /// <summary>The stages' reports, in the order of the flow.</summary>
    public IReadOnlyList<StageReport> Stages => _stages;

    /// <summary>Whether this is the last report: the one of the whole stream.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Adds the report of the next stage.</summary>
    public StageReport Add(string id, string type)
    {
        StageReport report = new(id, type);
        _stages.Add(report);
        return report;
    }
}
