using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;
using Streaming.Operators.Windows;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// How many events each of a bounded number of users or items has had; beyond that, the one whose event is longest ago is given up and counted. From then on the number of
/// one that comes new is not known: it may be back.
/// </summary>
/// <remarks>Expected O(1). Memory is committed as keys come. One caller at a time; the counts are saved by another thread where they are many.</remarks>
internal sealed class AgeCounts : IDisposable
{
    private const int NotKnown = -1;

    private readonly int _capacity;
    private readonly LruIndex _index;
    private readonly NativeBuffer<int> _events;

    /// <summary>Counts of nobody.</summary>
    /// <param name="capacity">Most keys, at least 1.</param>
    public AgeCounts(int capacity)
    {
        _capacity = capacity;
        _index = new LruIndex(capacity, sizeof(int), (int slot, ref StateWriter writer) => writer.Write(_events![slot]));
        _events = new NativeBuffer<int>(capacity);
    }

    /// <summary>Keys that were given up for others.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Most bytes for so many keys.</summary>
    public static long BytesFor(int capacity) => LruIndex.BytesFor(capacity) + (sizeof(int) * (long)capacity);

    /// <summary>Counts an event; says which of the key's it is, from 1, or 0 where that is not known.</summary>
    public int Count(ulong key)
    {
        int slot = _index.Touch(key, out bool isNew, out bool evicted);
        if (evicted) Forgotten++;
        ref int events = ref _events[slot];
        if (isNew) events = Forgotten > 0 ? NotKnown : 0;
        if (events == NotKnown) return 0;
        if (events < int.MaxValue) events++;
        return events;
    }

    /// <summary>Erases what is kept of a key.</summary>
    public void Forget(ulong key)
    {
        int slot = _index.Free(key);
        if (slot >= 0) _events[slot] = 0;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("capacity", _capacity);
        writer.Write(Forgotten);
        writer.WriteLarge(_index);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("capacity", _capacity);
        Forgotten = reader.ReadCount();
        _index.Clear();
        for (int n = reader.ReadLength(_capacity), i = 1; i <= n; i++)
        {
            ulong key = reader.Read<ulong>();
            int slot = _index.Touch(key, out bool isNew, out _), events = reader.Read<int>();
            if (!isNew || events < NotKnown || events == 0 || (events == NotKnown && Forgotten == 0))
                throw new StateMismatchException($"The snapshot has {events} events of {key:x16}, or has it twice.");
            _events[slot] = events;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        _events.Dispose();
    }
}
