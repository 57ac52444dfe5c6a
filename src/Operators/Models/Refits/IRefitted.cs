using Streaming.Abstractions.Reports;

namespace Streaming.Operators.Models.Refits;

/// <summary>A model that may be fitted anew beside the one that serves.</summary>
internal interface IRefitted
{
    /// <summary>Adds how its re-fits went, if it has any.</summary>
    void ReportRefits(StageReport report);
}
