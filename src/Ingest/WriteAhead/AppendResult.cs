using System.Collections.Immutable;

namespace Streaming.Ingest.WriteAhead;

/// <summary>What became of events that were handed to a <see cref="WriteAheadLog"/>.</summary>
public enum AppendStatus
{
    /// <summary>They are on the disk.</summary>
    Accepted,

    /// <summary>They are on the disk since they were sent under the same key before: nothing was written.</summary>
    Repeated,

    /// <summary>Others were sent under the same key before: none of them is taken.</summary>
    OtherContent,

    /// <summary>A line is no record, or too long: none of them is taken.</summary>
    Malformed,

    /// <summary>The stream lags too far behind, or the disk: none of them is taken; later there is room.</summary>
    Full,

    /// <summary>The log is not open yet, or no more: none of them is taken.</summary>
    Closed,
}

/// <summary>A line that is no record.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Message">What was found and what is needed.</param>
public readonly record struct LineFault(int Line, string Message);

/// <summary>What became of events that were handed to a <see cref="WriteAheadLog"/>.</summary>
/// <param name="Status">Whether they were taken.</param>
/// <param name="Records">How many there are; of a repeat, how many were taken the first time.</param>
/// <param name="Faults">The first lines that are no records; of others there is no word.</param>
public readonly record struct AppendResult(AppendStatus Status, int Records, ImmutableArray<LineFault> Faults);
