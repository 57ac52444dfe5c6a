using Streaming.Abstractions.State;

namespace Streaming.Operators.Windows;

/// <summary>What became of an event that was offered to a window.</summary>
public enum WindowEntry
{
    /// <summary>It is in the window.</summary>
    Entered,

    /// <summary>It came after its time had left the window, and was dropped.</summary>
    Late,

    /// <summary>The window was full: the oldest event was dropped (this one, if it is the oldest) before its time had left the window.</summary>
    Truncated,
}

/// <summary>Aggregates over the last stretch of a stream, in bounded memory.</summary>
/// <remarks>One caller at a time.</remarks>
public interface IWindow : IStateful
{
    /// <summary>The aggregate over what is in the window now.</summary>
    WindowAggregate Aggregate { get; }

    /// <summary>Offers an event with a finite value at an event time in microseconds since the Unix epoch.</summary>
    WindowEntry Add(double value, long time);

    /// <summary>Forgets everything, keeping the memory.</summary>
    void Clear();
}
