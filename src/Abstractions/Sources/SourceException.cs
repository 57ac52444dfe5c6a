namespace Streaming.Abstractions.Sources;

/// <summary>The outside world failed: a file that is missing or unreadable, a log that changed since the snapshot. Ends the process with 74.</summary>
public sealed class SourceException : IOException
{
    /// <summary>With the message that the user sees: what was found, what is allowed, what to do.</summary>
    public SourceException(string message)
        : base(message)
    {
    }

    /// <summary>With the fault behind it.</summary>
    public SourceException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>No broker of the source could be reached at the start. Ends the process with 69.</summary>
public sealed class BrokerUnreachableException(string message) : IOException(message);

/// <summary>More records are bad than is allowed. Ends the process with 65.</summary>
public sealed class BadRecordsException(string message) : Exception(message);
