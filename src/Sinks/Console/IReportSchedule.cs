namespace Streaming.Sinks.Console;

/// <summary>Says when a report is wanted. Reports change no result, so that neither does the schedule.</summary>
public interface IReportSchedule
{
    /// <summary>
    /// Whether the batch that is about to enter the graph should carry a report. Asked once for each batch, in order, by one thread, which need not be
    /// the one that writes to the sink.
    /// </summary>
    /// <param name="eventsSoFar">Events of the stream up to the end of that batch.</param>
    bool WantsReport(long eventsSoFar);
}
