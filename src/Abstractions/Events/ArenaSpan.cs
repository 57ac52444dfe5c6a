namespace Streaming.Abstractions.Events;

/// <summary>A run of <paramref name="Length"/> elements that starts at <paramref name="Start"/> in one of the batch's arenas.</summary>
public readonly record struct ArenaSpan(int Start, int Length)
{
    /// <summary>Whether the run has no elements.</summary>
    public bool IsEmpty => Length == 0;
}
