using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>
/// Holds the interactions of a log while they are sorted: 56 bytes each, and 16 for each context value. Grows in chunks, so that nothing is copied
/// and no more is taken than is held.
/// </summary>
/// <param name="capacity">Most events.</param>
internal sealed class EventStore(int capacity)
{
    private const int ChunkBits = 16;
    private const int ChunkSize = 1 << ChunkBits;

    private readonly List<Stored[]> _chunks = [];
    private readonly List<Feature[]> _features = [];
    private int _featuresUsed;

    /// <summary>Events held.</summary>
    public int Count { get; private set; }

    /// <summary>Time of the event at <paramref name="index"/>, in the order in which they came.</summary>
    public long Time(int index) => At(index).Time;

    /// <summary>Takes over the events of <paramref name="batch"/>, which is left without events and features.</summary>
    /// <exception cref="SourceException">There are more than the capacity.</exception>
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
            (s.FeatureChunk, s.FeatureStart, s.FeatureCount) = (0, 0, e.Features.Length);
            if (!e.Features.IsEmpty) (s.FeatureChunk, s.FeatureStart) = Add(batch.Features[e.Features]);
            Count++;
        }

        batch.RemoveLast(batch.Count);
        batch.Features.Clear();
    }

    /// <summary>
    /// Adds <paramref name="count"/> events to <paramref name="batch"/>, from place <paramref name="start"/> of <paramref name="order"/> on (null: as
    /// they came).
    /// </summary>
    public void CopyTo(EventBatch batch, int[]? order, int start, int count)
    {
        const int Ahead = 8;
        for (int i = start; i < start + count; i++)
        {
            if (order is not null && i + Ahead < order.Length) Prefetch(order[i + Ahead]);
            ref Stored s = ref At(order is null ? i : order[i]);
            ref Event e = ref batch.Add();
            (e.Time, e.ArrivalTime, e.User, e.Item, e.Value, e.Offset) = (s.Time, s.Time, s.User, s.Item, s.Value, s.Offset);
            if (s.FeatureCount > 0) e.Features = batch.Features.Add(_features[s.FeatureChunk].AsSpan(s.FeatureStart, s.FeatureCount));
        }
    }

    private ref Stored At(int index) => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    /// <summary>Asks for an event's memory before it is needed: sorted order jumps through the store.</summary>
    private unsafe void Prefetch(int index)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref At(index)));
    }

    private (int Chunk, int Start) Add(ReadOnlySpan<Feature> features)
    {
        if (_features.Count == 0 || features.Length > _features[^1].Length - _featuresUsed)
        {
            _features.Add(new Feature[Math.Max(features.Length, ChunkSize)]);
            _featuresUsed = 0;
        }

        int start = _featuresUsed;
        features.CopyTo(_features[^1].AsSpan(start));
        _featuresUsed += features.Length;
        return (_features.Count - 1, start);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Stored
    {
        public long Time;
        public ulong User;
        public ulong Item;
        public double Value;
        public long Offset;
        public int FeatureChunk;
        public int FeatureStart;
        public int FeatureCount;
    }
}
