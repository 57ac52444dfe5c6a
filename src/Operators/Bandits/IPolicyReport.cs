using Streaming.Abstractions.Reports;

namespace Streaming.Operators.Bandits;

/// <summary>A policy that has something to say of itself in reports.</summary>
internal interface IPolicyReport
{
    /// <summary>Adds what there is to say: arms held, evictions, resets, clipped rewards. Changes nothing.</summary>
    void Report(StageReport report);
}
