using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Joining;
using Streaming.Ingest.Privacy;

namespace Streaming.Ingest;

/// <summary>
/// What happens to a record, wherever it comes from: it is decoded, passes the value gate and the join, and is counted. The same for every source, so that a log
/// gives the same stream from a file, a pipe or a generator. Events of users who were forgotten are filtered, up to the time that their list says.
/// </summary>
/// <remarks>One caller at a time. Every record becomes exactly one of: an event, a rejection, a filtered one, a reward that is joined, or something that waits.</remarks>
/// <param name="options">The gate, and the rules of privacy.</param>
/// <param name="keys">Gives ids their keys.</param>
/// <param name="join">What events pass before they are in the stream; null: all records become events, rewards and control records too.</param>
/// <param name="keepRecords">Whether batches carry the good records as they came.</param>
/// <param name="keptBytes">Bytes kept of a record that is rejected.</param>
internal sealed class RecordIntake(SourceOptions options, EntityKeyCodec keys, RewardJoin? join, bool keepRecords = false, int keptBytes = RecordIntake.KeptBytes)
{
    /// <summary>Rejections that end a batch.</summary>
    public const int MaxRejections = 1024;

    /// <summary>Bytes kept of a record that is rejected.</summary>
    public const int KeptBytes = 4096;

    private const int MaxElements = 1 << 19;
    private const int MaxRecordBytes = 16 << 20;

    private readonly ValueGate _gate = new(options);
    private readonly ForgottenUsers _forgotten = new(options.Privacy.Forgotten, keys);
    private readonly JsonlFormat _marks = new();

    /// <summary>What was counted; <see cref="PartitionPosition.Time"/> is the time of the last good record.</summary>
    public PartitionPosition Position { get; } = new();

    /// <summary>Records filtered and rejected; those that the join rejected left out.</summary>
    public long LeftOut { get; private set; }

    /// <summary>
    /// Whether a batch is to end: it has <paramref name="room"/> events, a control record, many rejections, or half a million features, actions or rewards, or
    /// 16 MiB of records kept, which bounds what its arenas take however large its records are.
    /// </summary>
    public static bool IsFull(EventBatch batch, int room) =>
        batch.Count >= room || batch.Control.Kind != ControlKind.None || batch.Rejections.Count >= MaxRejections || batch.Records.Length >= MaxRecordBytes
        || Math.Max(batch.Features.Length, Math.Max(batch.Actions.Length, batch.Rewards.Length)) >= MaxElements;

    /// <summary>
    /// Takes a control record, the last event of a batch, out of the stream: it ends the batch, and of a user to be forgotten the name leaves with that batch, and what waits is dropped. Says how
    /// many decisions that were.
    /// </summary>
    /// <param name="batch">Where it is.</param>
    /// <param name="before">The batch without it.</param>
    /// <param name="join">Where decisions wait.</param>
    /// <param name="keys">Where names are; null where the user's stays.</param>
    public static int TakeOut(EventBatch batch, in BatchMark before, RewardJoin join, EntityKeyCodec? keys)
    {
        ref readonly Event e = ref batch.Events[^1];
        batch.Control = new ControlMark((ControlKind)e.Chosen, e.User, e.Decision);
        batch.Rollback(before);
        if (batch.Control.Kind != ControlKind.Forget) return 0;
        keys?.Forget(batch.Control.User);
        batch.Returned = keys is null ? null : keys.Vanish; // every sink has seen the record then
        return join.Forget(batch.Control.User);
    }

    /// <summary>Goes on from a position of the same log.</summary>
    public void GoOnFrom(PartitionPosition position)
    {
        Position.CopyFrom(position);
        LeftOut = position.Filtered + position.RejectedTotal - RewardJoin.RejectedOf(position);
    }

    /// <summary>Begins a batch with the next event of the stream.</summary>
    public void Begin(EventBatch batch) => batch.FirstOrdinal = Position.Events;

    /// <summary>
    /// Whether a record may be taken: what was due to enter the stream before it has done so, and the batch has room. Asked before each record.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="room">Most events it is to have.</param>
    public bool IsReady(EventBatch batch, int room)
    {
        if (IsFull(batch, room)) return false;
        return join is not { Lags: true } || join.Drain(batch, room);
    }

    /// <summary>Takes the next record.</summary>
    /// <param name="batch">Where events and rejections go; it is ready (<see cref="IsReady"/>).</param>
    /// <param name="room">Most events it is to have.</param>
    /// <param name="format">Decodes it.</param>
    /// <param name="record">Its bytes.</param>
    /// <param name="line">Its 1-based line, for a rejection.</param>
    /// <param name="origin">Where it came from; null: what it says itself, else it is numbered here.</param>
    /// <returns>What is wrong with it, if it is bad.</returns>
    public DecodeError Take(EventBatch batch, int room, IEventFormat format, ReadOnlySpan<byte> record, long line, RecordOrigin? origin = null) =>
        Take(batch, room, format, record, line, origin, isOwn: origin is null);

    /// <summary>Takes a control record of the engine's own, or of a log of one, as the next record.</summary>
    /// <param name="batch">Which it ends; it is ready (<see cref="IsReady"/>).</param>
    /// <param name="room">Most events it is to have.</param>
    /// <param name="record">Its bytes, as <c>jsonl</c>.</param>
    /// <param name="line">Its 1-based line; 0 where it has none.</param>
    /// <param name="origin">Where in the stream it stands.</param>
    public DecodeError TakeMark(EventBatch batch, int room, ReadOnlySpan<byte> record, long line, in RecordOrigin origin) =>
        Take(batch, room, _marks, record, line, origin, isOwn: true);

    // Its own, or of a log: only such a record may have a stage begin anew, and nobody who only sends events.
    private DecodeError Take(EventBatch batch, int room, IEventFormat format, ReadOnlySpan<byte> record, long line, RecordOrigin? origin, bool isOwn)
    {
        BatchMark before = batch.Mark();
        EventWriter writer = new(batch, keys, Position.Time);
        if (!format.TryDecode(record, ref writer, out DecodeError error))
        {
            Reject(batch, error, record, record.Length, line, origin);
            return error;
        }

        if (writer.Added == 0)
        {
            if (origin is { } nothing) Pass(nothing);
            else Filter();
            return DecodeError.None;
        }

        ref Event e = ref batch.Events[^1];
        if (!isOwn && e.Kind == EventKind.Control && e.Chosen == (int)ControlKind.Reset)
        {
            writer.Undo();
            error = new DecodeError(RejectionReason.Malformed, FieldNames.Control);
            Reject(batch, error, record, record.Length, line, origin);
            return error;
        }

        bool interaction = e.Kind == EventKind.Interaction;
        Passage passage = _forgotten.Has(e) ? Passage.Filtered : interaction ? _gate.Judge(e.Value) : _gate.JudgeReward(e.Value, batch.Rewards[e.Rewards]);
        if (passage == Passage.OutOfRange)
        {
            writer.Undo();
            error = new DecodeError(RejectionReason.OutOfRange, interaction ? FieldNames.Value : FieldNames.Reward);
            Reject(batch, error, record, record.Length, line, origin);
            return error;
        }

        Position.Time = e.Time;
        RecordOrigin from = Place(ref e, origin);
        if (keepRecords && !_forgotten.Has(e)) batch.Records.Add(from, record);
        if (passage == Passage.Filtered)
        {
            writer.Undo();
            Filter();
            return DecodeError.None;
        }

        Position.Records++;
        if (e.Kind == EventKind.Control && join is not null) Position.Filtered += TakeOut(batch, before, join, keys);
        else if (join?.Pass(batch, before, room) is RejectionReason reason and not RejectionReason.None)
            Keep(batch, new DecodeError(reason, string.Empty), record, record.Length, line, from);
        return DecodeError.None;
    }

    /// <summary>Takes a record that is bad before it is decoded.</summary>
    /// <param name="batch">Where the rejection goes.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="kept">Its beginning.</param>
    /// <param name="length">Its whole length in bytes.</param>
    /// <param name="line">Its 1-based line.</param>
    /// <param name="origin">Where it came from; null: it is numbered here.</param>
    public void Reject(EventBatch batch, DecodeError error, ReadOnlySpan<byte> kept, long length, long line, RecordOrigin? origin = null)
    {
        RecordOrigin from = origin ?? new RecordOrigin(0, Position.Partition, Position.Records, 0);
        if (origin is not null) MoveCursor(from);
        Keep(batch, error, kept, length, line, from);
        Position.Records++;
        Position.Rejected[(int)error.Reason]++;
        LeftOut++;
    }

    /// <summary>Takes a record that is good and says nothing: one without content.</summary>
    /// <param name="origin">Where it came from.</param>
    public void Pass(in RecordOrigin origin)
    {
        MoveCursor(origin);
        Filter();
    }

    /// <summary>After the last record: lets what waits in the join enter the stream, as far as the batch has room. False when nothing waits any more.</summary>
    public bool Finish(EventBatch batch, int room)
    {
        if (join is null) return false;
        // A limit may end the stream between what was due and the event before which it was due.
        if (join.Lags && !join.Drain(batch, room)) return true;
        join.End();
        join.Drain(batch, room);
        return join.Lags;
    }

    /// <summary>Counts what a batch was given by one of several readings; <see cref="End"/> does where there is one.</summary>
    /// <param name="events">Events it was given.</param>
    public void Count(int events)
    {
        Position.Events += events;
        join?.Describe(Position);
    }

    /// <summary>Ends a batch: its events are counted, and the place after them rides in it.</summary>
    public void End(EventBatch batch)
    {
        Count(batch.Count);
        batch.Position.Single.CopyFrom(Position);
    }

    /// <summary>Says where an event came from: as the source knows, or as its record says, or as it is numbered here.</summary>
    private RecordOrigin Place(ref Event e, RecordOrigin? origin)
    {
        if (origin is { } known) (e.Topic, e.Partition, e.Offset, e.ArrivalTime) = known;
        bool said = e.Offset >= 0;
        if (!said) (e.Partition, e.Offset, e.ArrivalTime) = (Position.Partition, Position.Records, e.Time);
        RecordOrigin place = new(e.Topic, e.Partition, e.Offset, e.ArrivalTime);
        // What the engine says itself is said at the offset its topic stands at, which is still to come.
        bool stands = e.Kind == EventKind.Control && e.Chosen is (int)ControlKind.Idle or (int)ControlKind.Reset;
        if (said && !stands) MoveCursor(place);
        return place;
    }

    private void Keep(EventBatch batch, DecodeError error, ReadOnlySpan<byte> record, long length, long line, in RecordOrigin from)
    {
        scoped ReadOnlySpan<byte> kept = record;
        Span<byte> hash = stackalloc byte[HashText.Length];
        if (keys.HashesIds) kept = HashText.Of(record, keys, hash);
        batch.Rejections.Add(from.Partition, from.Offset, line, error, kept, length, keptBytes, from.Topic, withheld: keys.HashesIds);
    }

    private void MoveCursor(in RecordOrigin from) => Position.MoveCursor(from.Topic, from.Offset + 1);

    private void Filter()
    {
        Position.Records++;
        Position.Filtered++;
        LeftOut++;
    }
}
