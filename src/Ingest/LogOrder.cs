namespace Streaming.Ingest;

/// <summary>In which order the records of a log become the stream.</summary>
public enum LogOrder
{
    /// <summary>By event time; records of the same time in the order of the log. The whole log is held in memory.</summary>
    Time,

    /// <summary>As they stand in the files, in constant memory. Late rewards are joined by the latest time so far.</summary>
    File,
}
