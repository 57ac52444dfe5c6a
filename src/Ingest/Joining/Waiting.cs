using System.Buffers;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Joining;

/// <summary>A decision that waits for its rewards, or rewards that wait for their decision, or both.</summary>
/// <remarks>Its event lies in an array that is rented, so that a small one never keeps the memory that a large one needed before.</remarks>
internal sealed class Waiting
{
    /// <summary>Bytes that one takes beside its event and its rewards.</summary>
    public const int Overhead = 200;

    /// <summary>Rewards up to which their ids are compared one by one, and whose memory is kept.</summary>
    private const int Few = 16;

    private readonly List<HeldReward> _rewards = [];
    private KeySet? _ids;
    private byte[] _event = [];
    private int _length;

    /// <summary>Key of the decision.</summary>
    public ulong Decision { get; set; }

    /// <summary>Event time up to which it waits, inclusive.</summary>
    public long Close { get; set; }

    /// <summary>Tells windows apart that close at the same time: the one that began to wait first closes first.</summary>
    public long Sequence { get; set; }

    /// <summary>Event time of the decision; meaningless while it has not come.</summary>
    public long Time { get; set; }

    /// <summary>The decision's event (<see cref="EventBytes"/>); empty while the decision has not come.</summary>
    public ReadOnlySpan<byte> Event => _event.AsSpan(0, _length);

    /// <summary>Whether the decision has come.</summary>
    public bool HasDecision => _length > 0;

    /// <summary>The rewards; to be added by <see cref="Add"/>.</summary>
    public List<HeldReward> Rewards => _rewards;

    /// <summary>Bytes it takes.</summary>
    public long Bytes => Overhead + _length + ((long)HeldReward.Bytes * _rewards.Count);

    /// <summary>Makes room for the decision's event, which has not come yet.</summary>
    /// <param name="length">Its bytes.</param>
    /// <returns>Where to write them.</returns>
    public Span<byte> Hold(int length)
    {
        _event = ArrayPool<byte>.Shared.Rent(length);
        _length = length;
        return _event.AsSpan(0, length);
    }

    /// <summary>Whether a reward with this id, 0 for none, is among the rewards. Constant time.</summary>
    public bool HasReward(ulong id)
    {
        if (id == 0) return false;
        if (_rewards.Count > Few) return _ids!.Contains(id);
        foreach (HeldReward held in _rewards)
        {
            if (held.Id == id) return true;
        }

        return false;
    }

    /// <summary>Adds a reward. Constant time, amortized.</summary>
    public void Add(in HeldReward reward)
    {
        _rewards.Add(reward);
        if (_rewards.Count <= Few) return;
        if (_rewards.Count > Few + 1)
        {
            if (reward.Id != 0) _ids!.Add(reward.Id);
            return;
        }

        _ids = new KeySet();
        foreach (HeldReward held in _rewards)
        {
            if (held.Id != 0) _ids.Add(held.Id);
        }
    }

    /// <summary>Becomes as new; keeps what memory it takes by itself.</summary>
    public void Clear()
    {
        if (HasDecision) ArrayPool<byte>.Shared.Return(_event);
        (Decision, Close, Sequence, Time, _event, _length, _ids) = (0, 0, 0, 0, [], 0, null);
        _rewards.Clear();
        if (_rewards.Capacity > Few) _rewards.Capacity = Few;
    }
}
