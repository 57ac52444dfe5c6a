using Streaming.Abstractions.Events;

namespace Streaming.Sinks;

/// <summary>
/// Tells the reports of a sink's own schedule from those that others asked for, by the clock: where the number of records is a multiple, and the last one. So what is
/// written of reports follows from the stream alone, and a replay writes it again.
/// </summary>
/// <param name="every">Records between two reports; from 1.</param>
internal sealed class ReportPoints(long every)
{
    private long _last;

    /// <summary>Whether the batch carries a report of the schedule. Each is taken once: an empty batch may follow at the same number of records.</summary>
    public bool Take(EventBatch batch)
    {
        if (batch.Report is not { } report) return false;
        long records = batch.Position.Single.Records;
        if (!report.IsFinal && (records % every != 0 || records == _last)) return false;
        _last = records;
        return true;
    }
}
