using System.Runtime.InteropServices;

namespace Streaming.Abstractions.Events;

/// <summary>
/// One thing that happened: a fixed-size record without references, so that a batch of them is one block of memory.
/// Text stopped at ingest: users and items are 64-bit keys (<see cref="Keys.EntityKeyCodec"/>), and what has no fixed size
/// lies in an arena of the batch, reached through an <see cref="ArenaSpan"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Event
{
    /// <summary>0-based number of the record within its source partition. With <see cref="Partition"/> and <see cref="Topic"/> it identifies the event for good.</summary>
    public long Offset;

    /// <summary>Event time: microseconds since the Unix epoch, UTC. When it happened, by the log's own account.</summary>
    public long Time;

    /// <summary>
    /// Arrival time: microseconds since the Unix epoch, UTC. What the broker or the write-ahead log noted, kept in a log of it; else <see cref="Time"/>, so that a
    /// replay has no clock.
    /// </summary>
    public long ArrivalTime;

    /// <summary>Key of the user; <see cref="Keys.EntityKeyCodec.None"/> where the record names none.</summary>
    public ulong User;

    /// <summary>
    /// Key of the item; <see cref="Keys.EntityKeyCodec.None"/> where the record names none. Of a decision: the id of the action that was chosen.
    /// Of an outcome: a hash of its own id, by which a second copy is told, or 0.
    /// </summary>
    public ulong Item;

    /// <summary>Rating, count or reward, finite; NaN where the record carries none. A decision that reaches a stage always has its reward.</summary>
    public double Value;

    /// <summary>Hash of the identifier that joins a decision with its outcomes; of a control record, key of the stage that is to begin anew. 0 where there is none.</summary>
    public ulong Decision;

    /// <summary>Probability with which the logged action was chosen, in (0, 1] and not below 1e-45; NaN for events that are no decisions.</summary>
    public double Propensity;

    /// <summary>Importance of the event to a learner, finite and not negative; 1 unless the record says otherwise.</summary>
    public float Weight;

    /// <summary>Features of the event's context, in <see cref="EventBatch.Features"/>.</summary>
    public ArenaSpan Features;

    /// <summary>The candidate actions of a decision, in <see cref="EventBatch.Actions"/>; at least one. Empty for other kinds.</summary>
    public ArenaSpan Actions;

    /// <summary>
    /// Full information: what each action would have earned, one number an action, in <see cref="EventBatch.Rewards"/>; empty where the log does not
    /// know.
    /// </summary>
    public ArenaSpan Rewards;

    /// <summary>The true mean reward of each action, as <see cref="Rewards"/>; empty where the log does not know.</summary>
    public ArenaSpan Expected;

    /// <summary>
    /// 0-based place, among the candidate actions, of the one that was chosen when the log was made; -1 for events that are no decisions. Of a
    /// control record: its <see cref="ControlKind"/>.
    /// </summary>
    public int Chosen;

    /// <summary>Source partition (0 for files). Partition = shard.</summary>
    public int Partition;

    /// <summary>What the event is.</summary>
    public EventKind Kind;

    /// <summary>0-based place, among the topics of its source, of the one it came from; 0 for sources without topics.</summary>
    public byte Topic;

    /// <summary>Whether this is an interaction that carries a value: what rating models learn from.</summary>
    public readonly bool IsRating => Kind == EventKind.Interaction && !double.IsNaN(Value);
}
