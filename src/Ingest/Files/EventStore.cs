using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Files;

/// <summary>
/// Holds the events of a log while they are sorted: 56 bytes each, and for one that is more than a plain interaction (a decision, a context, a weight) its
/// <see cref="EventBytes"/> beside it. Grows in chunks, so that nothing is copied and no more is taken than is held.
/// </summary>
/// <param name="capacity">Most events.</param>
/// <param name="maxBytes">Most bytes beside them.</param>
internal sealed class EventStore(int capacity, long maxBytes)
{
    private const int ChunkBits = 16;
    private const int ChunkSize = 1 << ChunkBits;
    private const int ByteChunk = 1 << 20;

    private readonly List<Stored[]> _chunks = [];
    private readonly List<byte[]> _bytes = [];
    private readonly Dictionary<int, ulong> _tombstones = [];
    private int _bytesUsed;
    private long _bytesHeld;

    /// <summary>Events held.</summary>
    public int Count { get; private set; }

    /// <summary>Time of the event at <paramref name="index"/>, in the order in which they came.</summary>
    public long Time(int index) => At(index).Time;

    /// <summary>User and item of the event at <paramref name="index"/>, in the order in which they came.</summary>
    public (ulong User, ulong Item) Entities(int index) => (At(index).User, At(index).Item);

    /// <summary>Users who are to be forgotten, by the place of the event that says so, in the order in which they came.</summary>
    public IReadOnlyDictionary<int, ulong> Tombstones => _tombstones;

    /// <summary>Takes over the events of <paramref name="batch"/>, which is left without events and without what belongs to them.</summary>
    /// <exception cref="SourceException">There are more than the capacity, or they take more bytes.</exception>
    public void Take(EventBatch batch)
    {
        Span<Event> events = batch.Events;
        if (events.Length > capacity - Count)
        {
            throw new SourceException($"The log has more than {capacity} events, the most that are sorted in memory. Use --set Source:Order=file if it is "
                + $"already in time order, or raise Source:SortCapacity (about {Unsafe.SizeOf<Stored>() + TimeOrder.BytesPerEvent} bytes an event).");
        }

        foreach (ref readonly Event e in events)
        {
            if ((Count & (ChunkSize - 1)) == 0) _chunks.Add(GC.AllocateUninitializedArray<Stored>(Math.Min(ChunkSize, capacity - Count)));
            ref Stored s = ref _chunks[^1][Count & (ChunkSize - 1)];
            (s.Time, s.User, s.Item, s.Value, s.Offset) = (e.Time, e.User, e.Item, e.Value, e.Offset);
            (s.Chunk, s.Start, s.Length) = (0, 0, 0);
            if (!IsPlain(e)) Add(e, batch, ref s);
            if (e.Kind == EventKind.Control && e.Chosen == (int)ControlKind.Forget) _tombstones.Add(Count, e.User);
            Count++;
        }

        batch.Rollback(default);
    }

    /// <summary>Adds the event at place <paramref name="place"/> of <paramref name="order"/> (null: as they came) to <paramref name="batch"/>.</summary>
    public ref readonly Event CopyTo(EventBatch batch, int[]? order, int place)
    {
        const int Ahead = 8;
        if (order is not null && place + Ahead < order.Length) Prefetch(order[place + Ahead]);
        ref Stored s = ref At(order is null ? place : order[place]);
        if (s.Length > 0) return ref EventBytes.Read(_bytes[s.Chunk].AsSpan(s.Start, s.Length), batch);
        ref Event e = ref batch.Add();
        (e.Time, e.ArrivalTime, e.User, e.Item, e.Value, e.Offset) = (s.Time, s.Time, s.User, s.Item, s.Value, s.Offset);
        return ref e;
    }

    private static bool IsPlain(in Event e) => e is { Kind: EventKind.Interaction, Features.Length: 0, Weight: 1, Partition: 0, Topic: 0, Decision: 0 } && e.ArrivalTime == e.Time;

    private ref Stored At(int index) => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    /// <summary>Asks for an event's memory before it is needed: sorted order jumps through the store.</summary>
    private unsafe void Prefetch(int index)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref At(index)));
    }

    private void Add(in Event e, EventBatch batch, ref Stored s)
    {
        int length = EventBytes.LengthOf(e, batch);
        if (_bytes.Count == 0 || length > _bytes[^1].Length - _bytesUsed)
        {
            int chunk = Math.Max(length, ByteChunk);
            if (chunk > maxBytes - _bytesHeld)
            {
                throw new SourceException($"The contexts and decisions of the log take more than {maxBytes} bytes, the most that are sorted in memory. Use --set Source:Order=file "
                    + "if it is already in time order, or raise Source:SortBytes.");
            }

            _bytes.Add(GC.AllocateUninitializedArray<byte>(chunk));
            _bytesHeld += chunk;
            _bytesUsed = 0;
        }

        EventBytes.Write(e, batch, _bytes[^1].AsSpan(_bytesUsed, length));
        (s.Chunk, s.Start, s.Length) = (_bytes.Count - 1, _bytesUsed, length);
        _bytesUsed += length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Stored
    {
        public long Time;
        public ulong User;
        public ulong Item;
        public double Value;
        public long Offset;
        public int Chunk;
        public int Start;
        public int Length;
    }
}
