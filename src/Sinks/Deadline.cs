namespace Streaming.Sinks;

/// <summary>How long something that waits for the outside world may still take.</summary>
/// <param name="time">The clock.</param>
/// <param name="span">What it may take from now on.</param>
internal readonly struct Deadline(TimeProvider time, TimeSpan span)
{
    private readonly long _begun = time.GetTimestamp();

    /// <summary>What is left; not negative.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = span - time.GetElapsedTime(_begun);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether nothing is left.</summary>
    public bool IsOver => Left == TimeSpan.Zero;
}
