namespace Streaming.Ingest.Joining;

/// <summary>A decision that waits for its rewards, or rewards that wait for their decision, or both.</summary>
internal sealed class Waiting
{
    /// <summary>Bytes that one takes beside its event and its rewards.</summary>
    public const int Overhead = 200;

    /// <summary>Key of the decision.</summary>
    public ulong Decision { get; set; }

    /// <summary>Event time up to which it waits, inclusive.</summary>
    public long Close { get; set; }

    /// <summary>Tells windows apart that close at the same time: the one that began to wait first closes first.</summary>
    public long Sequence { get; set; }

    /// <summary>Event time of the decision; meaningless while it has not come.</summary>
    public long Time { get; set; }

    /// <summary>The decision's event (<see cref="EventBytes"/>), in the first <see cref="Length"/> bytes.</summary>
    public byte[] Event { get; set; } = [];

    /// <summary>Bytes of the event; 0 while the decision has not come.</summary>
    public int Length { get; set; }

    /// <summary>Whether the decision has come.</summary>
    public bool HasDecision => Length > 0;

    /// <summary>The rewards.</summary>
    public List<HeldReward> Rewards { get; } = [];

    /// <summary>Bytes it takes.</summary>
    public long Bytes => Overhead + Length + ((long)HeldReward.Bytes * Rewards.Count);

    /// <summary>Becomes as new, keeping its memory.</summary>
    public void Clear()
    {
        (Decision, Close, Sequence, Time, Length) = (0, 0, 0, 0, 0);
        Rewards.Clear();
    }
}
