using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Windows;

/// <summary>
/// A window for each of a bounded number of keys; a new key beyond that takes the window of the key whose last event is longest ago, emptied.
/// </summary>
/// <remarks>
/// Memory: the index up front; windows when their keys first come, their events in slabs of about a megabyte. Nothing is allocated once
/// every window exists. Expected constant time to find a window. One caller at a time; a window changes only until the next call. The windows are saved
/// by another thread where they are many.
/// </remarks>
public sealed class KeyedWindows : IWindowSet, IDisposable
{
    private const int SlabEvents = 65_536;

    private readonly Func<WindowMemory, IWindow> _create;
    private readonly int _eventsPerWindow;
    private readonly int _windowsPerSlab;
    private readonly LruIndex _index;
    private readonly IWindow?[] _windows;
    private WindowMemory _slab;

    private KeyedWindows(int keys, int eventsPerWindow, Func<WindowMemory, IWindow> create)
    {
        (_create, _eventsPerWindow, _windows) = (create, eventsPerWindow, new IWindow?[keys]);
        _index = new LruIndex(keys, (long)eventsPerWindow * WindowMemory.BytesPerEvent, (int slot, ref StateWriter writer) => _windows[slot]!.Save(ref writer));
        _windowsPerSlab = Math.Max(1, SlabEvents / eventsPerWindow);
    }

    /// <summary>Keys that have a window.</summary>
    public int Count => _index.Count;

    /// <summary>Keys that lost their window to another.</summary>
    public long Evictions { get; private set; }

    /// <summary>A <see cref="CountWindow"/> for each key.</summary>
    /// <param name="keys">Most keys, at least 1.</param>
    /// <param name="size">Events held for each, at least 1.</param>
    public static KeyedWindows ByCount(int keys, int size) => new(keys, size, memory => new CountWindow(memory));

    /// <summary>A <see cref="TimeWindow"/> for each key.</summary>
    /// <param name="keys">Most keys, at least 1.</param>
    /// <param name="span">Microseconds of event time, at least 1.</param>
    /// <param name="capacity">Most events held for each, at least 1.</param>
    public static KeyedWindows ByTime(int keys, long span, int capacity) => new(keys, capacity, memory => new TimeWindow(span, memory));

    /// <summary>Most bytes for this many keys, where the window of each takes <paramref name="bytesPerWindow"/>.</summary>
    public static long BytesFor(int keys, long bytesPerWindow) => LruIndex.BytesFor(keys) + (keys * (sizeof(long) + bytesPerWindow));

    /// <summary>The key's window, which counts as used now.</summary>
    public IWindow For(ulong key)
    {
        int slot = _index.Touch(key, out bool isNew, out bool evicted);
        if (!isNew) return _windows[slot]!;
        if (evicted) Evictions++;
        if (_windows[slot] is { } used) used.Clear();
        else _windows[slot] = _create(Room(slot));
        return _windows[slot]!;
    }

    /// <inheritdoc/>
    public void Forget(ulong key)
    {
        int slot = _index.Free(key);
        if (slot >= 0) _windows[slot]!.Clear();
    }

    /// <inheritdoc/>
    public void Report(StageReport report)
    {
        report.Set("keys", _index.Count);
        report.Set("evictions", Evictions);
    }

    /// <summary>Layout: capacity as shape; evictions, number of keys; per key, the one used longest ago first: key, window.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Keys", _windows.Length);
        writer.Write(Evictions);
        writer.WriteLarge(_index);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Keys", _windows.Length);
        long evictions = reader.ReadCount();
        _index.Clear();
        for (int n = reader.ReadLength(_windows.Length), i = 1; i <= n; i++)
        {
            ulong key = reader.Read<ulong>();
            IWindow window = For(key);
            if (_index.Count != i) throw new StateMismatchException($"The snapshot has two windows of the key {key:x16}.");
            window.Restore(ref reader, version);
        }

        Evictions = evictions;
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();

    // Slots are given out in ascending order, so that a slab is full before the next is needed; the last is only as long as what is left.
    private WindowMemory Room(int slot)
    {
        int index = slot % _windowsPerSlab;
        if (index == 0) _slab = WindowMemory.Allocate(Math.Min(_windowsPerSlab, _windows.Length - slot) * _eventsPerWindow);
        return _slab.Part(index * _eventsPerWindow, _eventsPerWindow);
    }
}
