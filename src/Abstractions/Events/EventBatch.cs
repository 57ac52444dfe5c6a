using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;

namespace Streaming.Abstractions.Events;

/// <summary>
/// A run of consecutive events with what every stage said of them: the unit of work. Rows are events; there is one typed column for each
/// stage output that somebody reads. Pooled: everything here is reused, nothing is allocated once the pool is warm.
/// </summary>
/// <remarks>
/// Ownership: whoever holds the <see cref="BatchLease"/> owns the batch; spans and references taken from it are valid until the lease is
/// passed on or released. One holder at a time writes; after fan-out all holders only read.
/// </remarks>
public sealed class EventBatch
{
    private readonly Event[] _events;
    private readonly double[][] _doubles;
    private readonly int[][] _ints;
    private readonly ArenaSpan[][] _lists;

    internal EventBatch(int capacity, int doubleColumns, int intColumns, int listColumns)
    {
        _events = GC.AllocateUninitializedArray<Event>(capacity, pinned: true);
        _doubles = new double[doubleColumns][];
        _ints = new int[intColumns][];
        _lists = new ArenaSpan[listColumns][];
        for (int i = 0; i < doubleColumns; i++) _doubles[i] = GC.AllocateUninitializedArray<double>(capacity, pinned: true);
        for (int i = 0; i < intColumns; i++) _ints[i] = GC.AllocateUninitializedArray<int>(capacity, pinned: true);
        for (int i = 0; i < listColumns; i++) _lists[i] = GC.AllocateUninitializedArray<ArenaSpan>(capacity, pinned: true);
    }

    /// <summary>Most events the batch can hold.</summary>
    public int Capacity => _events.Length;

    /// <summary>Events in the batch; may be 0 where the batch only carries a barrier, a report or rejections.</summary>
    public int Count { get; private set; }

    /// <summary>Whether another event fits.</summary>
    public bool IsFull => Count == _events.Length;

    /// <summary>The events, oldest first.</summary>
    public Span<Event> Events => _events.AsSpan(0, Count);

    /// <summary>0-based number of the first event of this batch among all events of the stream.</summary>
    public long FirstOrdinal { get; set; }

    /// <summary>Where the source stands after this batch.</summary>
    public SourcePosition Position { get; } = new();

    /// <summary>Number of the snapshot to cut right after this batch; 0 for none. Each stage freezes its state when it has processed the batch.</summary>
    public long Barrier { get; set; }

    /// <summary>
    /// Number of records of the shard whose events have all come before this batch, where stages are to publish their state for views across shards: each that can does so
    /// before it processes the batch. 0 for none.
    /// </summary>
    public long PublishAt { get; set; }

    /// <summary>
    /// The control record that ends the batch: it comes after all of its events, and a source ends a batch with it. <see cref="ControlKind.None"/> for nearly all.
    /// </summary>
    public ControlMark Control { get; set; }

    /// <summary>Called with the user of <see cref="Control"/> when the last holder has released the batch, on that one's thread; null for nearly all. It takes no lock of others.</summary>
    public Action<ulong>? Returned { get; set; }

    /// <summary>The report every stage adds its part to after it has processed this batch; null unless one is asked for.</summary>
    public PipelineReport? Report { get; set; }

    /// <summary>The bad records found between the events of this batch, oldest first, for the dead letters.</summary>
    public RejectionArena Rejections { get; } = new();

    /// <summary>The good records as they came, where a log of them is written; else empty.</summary>
    public RecordArena Records { get; } = new();

    /// <summary>Features; spans of it belong to events and to their actions.</summary>
    public Arena<Feature> Features { get; } = new();

    /// <summary>Candidate actions; spans of it belong to decisions.</summary>
    public Arena<CandidateAction> Actions { get; } = new();

    /// <summary>Rewards and expected rewards of actions; spans of it belong to decisions.</summary>
    public Arena<double> Rewards { get; } = new();

    /// <summary>Keys of items that stages list; spans of it are the values of list columns.</summary>
    public Arena<ulong> Items { get; } = new();

    /// <summary>The column at <paramref name="slot"/>, one value per event. Asking for an unassigned slot throws.</summary>
    public Span<double> Column(ColumnSlot<double> slot) => _doubles[slot.Index].AsSpan(0, Count);

    /// <inheritdoc cref="Column(ColumnSlot{double})"/>
    public Span<int> Column(ColumnSlot<int> slot) => _ints[slot.Index].AsSpan(0, Count);

    /// <inheritdoc cref="Column(ColumnSlot{double})"/>
    public Span<ArenaSpan> Column(ColumnSlot<ArenaSpan> slot) => _lists[slot.Index].AsSpan(0, Count);

    /// <summary>Adds an event with default fields (weight 1, no value, nothing chosen) for the source to fill in.</summary>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public ref Event Add()
    {
        if (Count == _events.Length) throw new InvalidOperationException($"The batch is full: it holds {Count} events.");
        ref Event e = ref _events[Count++];
        e = default;
        e.Value = double.NaN;
        e.Weight = 1;
        e.Propensity = double.NaN;
        e.Chosen = -1;
        return ref e;
    }

    /// <summary>Takes the last <paramref name="count"/> events back, as a decoder does when a record turns out bad halfway.</summary>
    public void RemoveLast(int count) => Count = (uint)count <= (uint)Count ? Count - count : throw new ArgumentOutOfRangeException(nameof(count));

    /// <summary>What is in use now.</summary>
    public BatchMark Mark() => new(Count, Features.Length, Actions.Length, Rewards.Length);

    /// <summary>Takes back the events, features, actions and rewards that were added since <paramref name="mark"/>.</summary>
    public void Rollback(in BatchMark mark)
    {
        RemoveLast(Count - mark.Events);
        Features.Truncate(mark.Features);
        Actions.Truncate(mark.Actions);
        Rewards.Truncate(mark.Rewards);
    }

    /// <summary>Bytes of a batch of this shape, arenas excepted.</summary>
    public static long BytesFor(int capacity, int doubleColumns, int intColumns, int listColumns) =>
        capacity * (System.Runtime.CompilerServices.Unsafe.SizeOf<Event>() + (8L * doubleColumns) + (4L * intColumns) + (8L * listColumns));

    internal void Reset()
    {
        Count = 0;
        FirstOrdinal = 0;
        Barrier = 0;
        PublishAt = 0;
        Returned?.Invoke(Control.User);
        Returned = null;
        Control = default;
        Report = null;
        Rejections.Clear();
        Records.Clear();
        Features.Clear();
        Actions.Clear();
        Rewards.Clear();
        Items.Clear();
    }
}
