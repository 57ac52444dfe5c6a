namespace Streaming.Ingest.Joining;

/// <summary>A reward that waits with, or for, its decision.</summary>
/// <param name="Time">Event time, microseconds since the Unix epoch.</param>
/// <param name="Value">Finite.</param>
/// <param name="Id">Hash of the reward's own id; 0 where it has none.</param>
/// <param name="Offset">Number of its record.</param>
/// <param name="Partition">Its source partition.</param>
internal readonly record struct HeldReward(long Time, double Value, ulong Id, long Offset, int Partition)
{
    /// <summary>Bytes that one takes: itself, and its id in the set of those that came, both in memory that grows by doubling.</summary>
    public const int Bytes = 96;

    /// <summary>By time, then by value, so that the order of arrival never shows in an aggregate.</summary>
    public static Comparison<HeldReward> ByTime { get; } = static (a, b) =>
    {
        int order = a.Time.CompareTo(b.Time);
        if (order == 0) order = a.Value.CompareTo(b.Value);
        if (order == 0) order = a.Id.CompareTo(b.Id);
        return order != 0 ? order : a.Offset.CompareTo(b.Offset);
    };
}
