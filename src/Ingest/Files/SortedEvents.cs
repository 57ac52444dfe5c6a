using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Files;

/// <summary>Streams stored events in the order of their times, through the join.</summary>
/// <param name="store">The events.</param>
/// <param name="order">Their order; null: as they came.</param>
/// <param name="end">How many of them, from the first on, are streamed.</param>
/// <param name="join">What they pass; null for nothing.</param>
/// <param name="keys">Where the name is erased of a user who is to be forgotten and does not come again: that of one who does has been read with the log already.</param>
internal sealed class SortedEvents(EventStore store, int[]? order, int end, RewardJoin? join, EntityKeyCodec keys)
{
    private readonly HashSet<int> _farewells = Farewells(store, order);
    private bool _ended;

    /// <summary>Place in the order of the next event.</summary>
    public int Next { get; private set; }

    /// <summary>Events that have entered the stream, those before a resume included.</summary>
    public long Events { get; set; }

    /// <summary>Time of the last one taken from the store.</summary>
    public long Time { get; set; }

    /// <summary>Decisions that left the join because their user was to be forgotten, those before a resume included.</summary>
    public long Forgotten { get; set; }

    /// <summary>Share of the events that were taken, 0 to 1.</summary>
    public double Share => end == 0 ? 1 : (double)Next / end;

    /// <summary>Whether everything has entered the stream.</summary>
    public bool IsDone => Next >= end && (join is null || (!join.Lags && (_ended || join.Open == 0)));

    /// <summary>
    /// Goes to a place in the order, up to which events were taken before. Reading the log again has brought back the names of users who were forgotten since: they are erased.
    /// O(events) for each user who is forgotten.
    /// </summary>
    public void GoOnAt(int place)
    {
        Next = place;
        foreach ((int index, ulong user) in store.Tombstones)
        {
            int at = order is null ? index : Array.IndexOf(order, index);
            if (at >= place || !_farewells.Contains(at)) continue;
            keys.Forget(user);
            keys.Vanish(user);
        }
    }

    /// <summary>Adds events to an empty batch until it has <paramref name="room"/> of them, or a control record, or <see cref="Next"/> is <paramref name="cut"/>, or nothing is left.</summary>
    public void Fill(EventBatch batch, int room, long cut)
    {
        long stop = Math.Min(end, cut);
        do
        {
            if (join is { Lags: true } && !join.Drain(batch, room)) break;
            if (Next < stop && !RecordIntake.IsFull(batch, room)) Add(batch, room);
            else if (Next < end || _ended || join is null) break;
            else
            {
                join.End();
                _ended = true;
            }
        }
        while (!RecordIntake.IsFull(batch, room));

        Events += batch.Count;
    }

    private void Add(EventBatch batch, int room)
    {
        BatchMark before = batch.Mark();
        int place = Next++;
        ref readonly Event e = ref store.CopyTo(batch, order, place);
        Time = e.Time;
        (int partition, long offset) = (e.Partition, e.Offset);
        if (e.Kind == EventKind.Control && join is not null) Forgotten += RecordIntake.TakeOut(batch, before, join, _farewells.Contains(place) ? keys : null);
        else if (join?.Pass(batch, before, room) is RejectionReason reason and not RejectionReason.None) batch.Rejections.Add(partition, offset, 0, new DecodeError(reason, string.Empty), default, 0, 0);
    }

    /// <summary>The places of the control records that forget a user who does not come after them. O(events) where there are any.</summary>
    private static HashSet<int> Farewells(EventStore store, int[]? order)
    {
        HashSet<int> farewells = [];
        if (store.Tombstones.Count == 0) return farewells;
        HashSet<ulong> leaving = [.. store.Tombstones.Values], later = [];
        for (int place = store.Count - 1; place >= 0; place--)
        {
            int index = order is null ? place : order[place];
            if (store.Tombstones.TryGetValue(index, out ulong user))
            {
                if (!later.Contains(user)) farewells.Add(place);
                continue;
            }

            (ulong first, ulong second) = store.Entities(index);
            if (leaving.Contains(first)) later.Add(first);
            if (leaving.Contains(second)) later.Add(second);
        }

        return farewells;
    }
}
