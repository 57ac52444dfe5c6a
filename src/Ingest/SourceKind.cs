namespace Streaming.Ingest;

/// <summary>Where the stream comes from.</summary>
public enum SourceKind
{
    /// <summary>Logged events in files, or on the standard input.</summary>
    File,

    /// <summary>Generated events with a planted truth.</summary>
    Synthetic,

    /// <summary>Topics of a Kafka cluster.</summary>
    Kafka,

    /// <summary>Events sent to this process over HTTP, through a write-ahead log.</summary>
    Http,
}
