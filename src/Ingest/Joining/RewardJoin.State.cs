using Streaming.Abstractions.State;

namespace Streaming.Ingest.Joining;

/// <content>
/// State: stream time, counts, the parked event; then the windows in the order in which they close, each with its decision, its event and its
/// rewards in their own order.
/// </content>
public sealed partial class RewardJoin : IStateful
{
    private const int MaxEventBytes = 1 << 30;

    /// <inheritdoc/>
    public string StateTag => "reward-join";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape(nameof(JoinOptions.WindowSeconds), _options.WindowSeconds);
        writer.Shape(nameof(JoinOptions.Aggregate), _options.Aggregate.ToString());
        writer.Shape(nameof(JoinOptions.DefaultReward), _options.DefaultReward);
        writer.Write(_time);
        writer.Write(_sequence);
        _counts.Save(ref writer);
        writer.Write(_orphans);
        writer.Write(_duplicateRewards);
        writer.Write(_duplicateDecisions);
        writer.WriteSpan<byte>(_parked.AsSpan(0, _parkedLength));
        Waiting[] windows = Windows();
        writer.Write(windows.Length);
        foreach (Waiting waiting in windows)
        {
            writer.Write(waiting.Decision);
            writer.Write(waiting.Close);
            writer.Write(waiting.Sequence);
            writer.Write(waiting.Time);
            writer.WriteSpan<byte>(waiting.Event);
            waiting.Rewards.Sort(HeldReward.ByTime);
            writer.Write(waiting.Rewards.Count);
            foreach (HeldReward reward in waiting.Rewards)
            {
                writer.Write(reward.Time);
                writer.Write(reward.Value);
                writer.Write(reward.Id);
                writer.Write(reward.Offset);
                writer.Write(reward.Partition);
            }
        }
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape(nameof(JoinOptions.WindowSeconds), _options.WindowSeconds);
        reader.Shape(nameof(JoinOptions.Aggregate), _options.Aggregate.ToString());
        reader.Shape(nameof(JoinOptions.DefaultReward), _options.DefaultReward);
        _open.Clear();
        _closing.Clear();
        _bytes = 0;
        _ended = false;
        _time = reader.Read<long>();
        _sequence = reader.ReadCount();
        _counts.Restore(ref reader);
        _orphans = reader.ReadCount();
        _duplicateRewards = reader.ReadCount();
        _duplicateDecisions = reader.ReadCount();
        _parked = ReadEvent(ref reader);
        _parkedLength = _parked.Length;
        int count = reader.ReadLength(int.MaxValue);
        for (int i = 0; i < count; i++) RestoreWindow(ref reader);
    }

    private void RestoreWindow(ref StateReader reader)
    {
        Waiting waiting = new() { Decision = reader.Read<ulong>(), Close = reader.Read<long>(), Sequence = reader.ReadCount(), Time = reader.Read<long>() };
        if (waiting.Sequence > _sequence) throw new StateMismatchException($"The snapshot has a window with the number {waiting.Sequence}; {_sequence} was the last.");
        byte[] held = ReadEvent(ref reader);
        if (held.Length > 0) held.CopyTo(waiting.Hold(held.Length));
        int rewards = reader.ReadLength(int.MaxValue);
        for (int i = 0; i < rewards; i++)
            waiting.Add(new HeldReward(reader.Read<long>(), reader.ReadFinite(), reader.Read<ulong>(), reader.ReadCount(), reader.Read<int>()));
        // Of two windows of one decision the first is closed already and waits for room.
        _open[waiting.Decision] = waiting;
        _closing.Enqueue(waiting, (waiting.Close, waiting.Sequence));
        _bytes += waiting.Bytes;
    }

    private static byte[] ReadEvent(ref StateReader reader)
    {
        byte[] bytes = reader.ReadArray<byte>(MaxEventBytes);
        return bytes.Length == 0 || EventBytes.AreWhole(bytes) ? bytes : throw new StateMismatchException($"The snapshot has {bytes.Length} bytes that are no event.");
    }

    /// <summary>The windows in the order in which they close.</summary>
    private Waiting[] Windows()
    {
        return [.. _closing.UnorderedItems
            .Where(w => w.Element.Sequence == w.Priority.Sequence && w.Element.Close == w.Priority.Close)
            .OrderBy(w => w.Priority)
            .Select(w => w.Element)];
    }
}
