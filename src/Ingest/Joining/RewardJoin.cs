using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Joining;

/// <summary>
/// Gives decisions the rewards that come later, by decision id and event time. A decision without a reward leaves the stream and waits; when the stream's time has
/// passed the end of its attribution window it comes back with what its rewards amount to. Rewards may come before their decision, and all of them in any order
/// as long as their windows are open: the order of arrival never shows in a label.
/// </summary>
/// <remarks>
/// <para>A source passes each event that it has added to a batch through <see cref="Pass"/>, and calls <see cref="Drain"/> before it reads on. Stream time is the
/// latest event time so far; a window that ends at t closes when stream time exceeds t, before the event that made it so. Windows close in the order of their
/// ends; those that end together, in the order in which they began to wait. Where times are out of order by more than the window, what comes late finds its
/// window closed: the reward is an orphan, the decision gets the default. One time far ahead closes every window.</para>
/// <para>A reward counts if it happened within its decision's window, both ends included. Any other is an orphan: rejected and counted, like a second copy of a
/// reward and a second decision with the id of one that waits.</para>
/// <para>One caller at a time. Expected O(log w) an event for w windows; an event that needs no join costs a comparison. Memory is bounded by
/// <see cref="JoinOptions.MaxBytes"/>; hardly anything is allocated once the pools are warm. State: everything that waits. Batches may be cut anywhere.</para>
/// </remarks>
public sealed partial class RewardJoin
{
    private readonly JoinOptions _options;
    private readonly long _window;
    private readonly Dictionary<ulong, Waiting> _open = [];
    private readonly PriorityQueue<Waiting, (long Close, long Sequence)> _closing = new();
    private readonly Stack<Waiting> _unused = new();
    private byte[] _parked = [];
    private int _parkedLength;
    private long _time = long.MinValue;
    private long _sequence;
    private long _bytes;
    private bool _ended;
    private JoinCounts _counts;
    private long _orphans;
    private long _duplicateRewards;
    private long _duplicateDecisions;

    /// <summary>A join in which nothing waits.</summary>
    /// <param name="options">Valid.</param>
    public RewardJoin(JoinOptions options) => (_options, _window) = (options, options.WindowMicros);

    /// <summary>Decisions, known or not, whose windows are open.</summary>
    public int Open => _open.Count;

    /// <summary>Whether something must enter the stream before the next record is read.</summary>
    public bool Lags => _parkedLength > 0 || IsDue();

    /// <summary>
    /// Takes the last event of the batch, which has just been added: it stays, or waits, or is a reward and finds its decision. Decisions whose windows it
    /// closes come before it.
    /// </summary>
    /// <param name="batch">The batch, with nothing due in the join (<see cref="Lags"/> is false).</param>
    /// <param name="before">The batch before the event was added.</param>
    /// <param name="room">Most events the batch is to have.</param>
    /// <returns>Why its record is rejected, which is counted here and to be told by the caller; or <see cref="RejectionReason.None"/>.</returns>
    public RejectionReason Pass(EventBatch batch, in BatchMark before, int room)
    {
        ref readonly Event e = ref batch.Events[^1];
        bool outcome = e.Kind == EventKind.Outcome, waits = e.Kind == EventKind.Decision && double.IsNaN(e.Value);
        if (e.Time > _time) _time = e.Time;
        if (!outcome && !waits)
        {
            if (_closing.Count > 0 && IsDue()) Overtake(batch, room);
            return RejectionReason.None;
        }

        RejectionReason reason = outcome ? Take(e) : Wait(e, batch);
        batch.Rollback(before);
        return reason;
    }

    /// <summary>
    /// The stream has ended: every window closes. To be called with nothing due (<see cref="Lags"/> is false), so that what was due before comes first. Not a
    /// part of the state: where a stream goes on after a limit, so does the join.
    /// </summary>
    public void End() => _ended = true;

    /// <summary>
    /// Lets what is due enter the stream, until the batch is full (<see cref="RecordIntake.IsFull"/>): then it returns false, and nothing more may be
    /// added.
    /// </summary>
    public bool Drain(EventBatch batch, int room)
    {
        while (IsDue())
        {
            if (RecordIntake.IsFull(batch, room)) return false;
            CloseFirst(batch);
        }

        if (RecordIntake.IsFull(batch, room)) return false;
        if (_parkedLength == 0) return true;
        EventBytes.Read(_parked.AsSpan(0, _parkedLength), batch);
        _parkedLength = 0;
        return !RecordIntake.IsFull(batch, room);
    }

    /// <summary>Drops the decisions of a user that wait, with their rewards. Linear in what waits.</summary>
    /// <param name="user">The user's key.</param>
    /// <returns>Decisions dropped; they never enter the stream.</returns>
    public int Forget(ulong user)
    {
        List<Waiting> theirs = [.. _open.Values.Where(w => w.HasDecision && EventBytes.UserOf(w.Event) == user)];
        foreach (Waiting waiting in theirs)
        {
            _open.Remove(waiting.Decision);
            _bytes -= waiting.Bytes;
            waiting.Clear(); // its place in the queue is passed over: it waits no more
            _unused.Push(waiting);
        }

        return theirs.Count;
    }

    /// <summary>Writes what was counted into a position.</summary>
    public void Describe(PartitionPosition position)
    {
        position.Join = _counts;
        position.Rejected[(int)RejectionReason.OrphanReward] = _orphans;
        position.Rejected[(int)RejectionReason.DuplicateReward] = _duplicateRewards;
        position.Rejected[(int)RejectionReason.DuplicateDecision] = _duplicateDecisions;
    }

    /// <summary>Records that the join rejected: good ones that came too late, or twice. They do not count as bad.</summary>
    public static long RejectedOf(PartitionPosition position) =>
        position.Rejected[(int)RejectionReason.OrphanReward] + position.Rejected[(int)RejectionReason.DuplicateReward] + position.Rejected[(int)RejectionReason.DuplicateDecision];

    /// <summary>Whether the first window to close is to close now.</summary>
    private bool IsDue()
    {
        while (_closing.TryPeek(out Waiting? first, out (long Close, long Sequence) at))
        {
            if (first.Sequence == at.Sequence && first.Close == at.Close) return _ended || at.Close < _time || _bytes > _options.MaxBytes;
            _closing.Dequeue(); // its window was moved, or it waits no more
        }

        return false;
    }

    /// <summary>Puts what is due before the last event of the batch; the event is parked where the batch has no room for it then.</summary>
    private void Overtake(EventBatch batch, int room)
    {
        Event e = batch.Events[^1];
        batch.RemoveLast(1);
        if (Drain(batch, room))
        {
            batch.Add() = e;
            return;
        }

        _parkedLength = EventBytes.LengthOf(e, batch);
        if (_parked.Length < _parkedLength) _parked = new byte[2 * _parkedLength];
        EventBytes.Write(e, batch, _parked);
    }

    private RejectionReason Take(in Event e)
    {
        HeldReward reward = new(e.Time, e.Value, e.Item, e.Offset, e.Partition);
        Waiting? waiting = Find(e.Decision);
        if (waiting is null) waiting = Begin(e.Decision, e.Time + _window);
        else if (waiting.HasReward(reward.Id)) return Count(ref _duplicateRewards, RejectionReason.DuplicateReward);
        else if (!waiting.HasDecision) Extend(waiting, e.Time + _window);
        else if (!IsWithin(waiting, reward)) return Count(ref _orphans, RejectionReason.OrphanReward);
        waiting.Add(reward);
        _bytes += HeldReward.Bytes;
        return RejectionReason.None;
    }

    private RejectionReason Wait(in Event e, EventBatch batch)
    {
        Waiting? waiting = Find(e.Decision);
        if (waiting is { HasDecision: true }) return Count(ref _duplicateDecisions, RejectionReason.DuplicateDecision);
        long close = e.Time + _window;
        if (waiting is null) waiting = Begin(e.Decision, close);
        else Move(waiting, close);
        waiting.Time = e.Time;
        EventBytes.Write(e, batch, waiting.Hold(EventBytes.LengthOf(e, batch)));
        _bytes += waiting.Event.Length;
        return RejectionReason.None;
    }

    /// <summary>The open window of a decision. One that is due, but has not left yet for want of room, is closed all the same.</summary>
    private Waiting? Find(ulong decision) => _open.TryGetValue(decision, out Waiting? waiting) && waiting.Close >= _time ? waiting : null;

    private Waiting Begin(ulong decision, long close)
    {
        if (!_unused.TryPop(out Waiting? waiting)) waiting = new Waiting();
        waiting.Decision = decision;
        _open[decision] = waiting;
        _bytes += Waiting.Overhead;
        Move(waiting, close);
        return waiting;
    }

    private void Extend(Waiting waiting, long close)
    {
        if (close > waiting.Close) Move(waiting, close);
    }

    private void Move(Waiting waiting, long close)
    {
        (waiting.Close, waiting.Sequence) = (close, ++_sequence);
        _closing.Enqueue(waiting, (close, waiting.Sequence));
    }

    /// <summary>Closes the window at the head of the queue.</summary>
    private void CloseFirst(EventBatch batch)
    {
        Waiting waiting = _closing.Dequeue();
        if (_open.TryGetValue(waiting.Decision, out Waiting? open) && ReferenceEquals(open, waiting)) _open.Remove(waiting.Decision);
        waiting.Rewards.Sort(HeldReward.ByTime);
        int counted = 0;
        for (int i = 0; i < waiting.Rewards.Count; i++)
        {
            HeldReward reward = waiting.Rewards[i];
            if (waiting.HasDecision && IsWithin(waiting, reward)) waiting.Rewards[counted++] = reward;
            else Orphan(reward, batch);
        }

        if (waiting.HasDecision)
        {
            if (!_ended && waiting.Close >= _time) _counts.ClosedEarly++;
            if (counted == 0) _counts.Defaulted++;
            _counts.Decisions++;
            _counts.Rewards += counted;
            EventBytes.Read(waiting.Event, batch).Value = Amount(waiting.Rewards, counted);
        }

        _bytes -= waiting.Bytes;
        waiting.Clear();
        _unused.Push(waiting);
    }

    private double Amount(List<HeldReward> rewards, int count)
    {
        if (count == 0) return _options.DefaultReward;
        double sum = 0, max = double.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            sum += rewards[i].Value;
            max = Math.Max(max, rewards[i].Value);
        }

        return _options.Aggregate switch
        {
            RewardAggregate.Sum => double.IsFinite(sum) ? sum : Math.CopySign(double.MaxValue, sum),
            RewardAggregate.Mean => double.IsFinite(sum) ? sum / count : Halves(rewards, count),
            RewardAggregate.Max => max,
            _ => rewards[count - 1].Value,
        };
    }

    /// <summary>The mean of numbers whose sum is not finite.</summary>
    private static double Halves(List<HeldReward> rewards, int count)
    {
        double mean = 0;
        for (int i = 0; i < count; i++) mean += rewards[i].Value / count;
        return mean;
    }

    private static bool IsWithin(Waiting waiting, in HeldReward reward) => reward.Time >= waiting.Time && reward.Time <= waiting.Close;

    private void Orphan(in HeldReward reward, EventBatch batch)
    {
        _orphans++;
        batch.Rejections.Add(reward.Partition, reward.Offset, 0, new DecodeError(RejectionReason.OrphanReward, string.Empty), default, 0, 0);
    }

    private static RejectionReason Count(ref long counter, RejectionReason reason)
    {
        counter++;
        return reason;
    }
}
