using System.Runtime.CompilerServices;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Which buckets of features each item held has, and, the other way around, which items have a bucket: a change of what is learned of a feature is a change of all
/// items that have it.
/// </summary>
/// <remarks>
/// Lists chained through one pool that grows with the entries, 24 bytes each; 4 bytes a bucket and 5 an item, committed as they come. What is marked is known once,
/// however often it was marked. No state: filled again from the items. One caller at a time.
/// </remarks>
internal sealed unsafe class ItemFeatures : IDisposable
{
    private const int Smallest = 256;

    private readonly NativeBuffer<int> _ofItem;
    private readonly NativeBuffer<int> _ofBucket;
    private readonly NativeBuffer<byte> _isStale;
    private readonly NativeBuffer<int> _stale;
    private NativeBuffer<Entry> _entries = new(Smallest);
    private int _used = 1; // 0 is no entry
    private int _free;
    private int _staleCount;

    /// <summary>Lists of no item.</summary>
    /// <param name="items">Most items.</param>
    /// <param name="buckets">Buckets, numbered from 1.</param>
    public ItemFeatures(int items, int buckets)
    {
        (_ofItem, _ofBucket) = (new NativeBuffer<int>(items), new NativeBuffer<int>(buckets + 1L));
        (_isStale, _stale) = (new NativeBuffer<byte>(items), new NativeBuffer<int>(items));
    }

    /// <summary>Most bytes for so many items, buckets and entries.</summary>
    public static long BytesFor(int items, int buckets, long entries) =>
        (items * (2L * sizeof(int) + 1)) + (sizeof(int) * (buckets + 1L)) + (2 * entries * Unsafe.SizeOf<Entry>());

    /// <summary>Adds a feature to those of an item, in the order in which they are listed.</summary>
    public void Add(int item, int bucket, float value)
    {
        int added = Take();
        Entry* entries = _entries.Pointer;
        int head = _ofBucket[bucket];
        entries[added] = new Entry { Item = item, Bucket = bucket, Value = value, NextOfBucket = head };
        if (head != 0) entries[head].PreviousOfBucket = added;
        _ofBucket[bucket] = added;
        int last = _ofItem[item];
        if (last == 0)
        {
            _ofItem[item] = added;
            return;
        }

        while (entries[last].NextOfItem != 0) last = entries[last].NextOfItem;
        entries[last].NextOfItem = added;
    }

    /// <summary>Takes an item's features away.</summary>
    public void Remove(int item)
    {
        Entry* entries = _entries.Pointer;
        for (int at = _ofItem[item]; at != 0;)
        {
            ref Entry entry = ref entries[at];
            if (entry.PreviousOfBucket != 0) entries[entry.PreviousOfBucket].NextOfBucket = entry.NextOfBucket;
            else _ofBucket[entry.Bucket] = entry.NextOfBucket;
            if (entry.NextOfBucket != 0) entries[entry.NextOfBucket].PreviousOfBucket = entry.PreviousOfBucket;
            int next = entry.NextOfItem;
            entry.NextOfItem = _free;
            _free = at;
            at = next;
        }

        _ofItem[item] = 0;
    }

    /// <summary>The first feature of an item; 0 if it has none.</summary>
    public int First(int item) => _ofItem[item];

    /// <summary>A feature; <paramref name="next"/> is the item's next, 0 after the last.</summary>
    public (int Bucket, float Value) At(int entry, out int next)
    {
        ref Entry found = ref _entries[entry];
        next = found.NextOfItem;
        return (found.Bucket, found.Value);
    }

    /// <summary>Marks an item as changed.</summary>
    public void MarkItem(int item)
    {
        if (_isStale[item] != 0) return;
        _isStale[item] = 1;
        _stale[_staleCount++] = item;
    }

    /// <summary>Marks the items that have a bucket as changed. O(items that have it).</summary>
    public void MarkBucket(int bucket)
    {
        Entry* entries = _entries.Pointer;
        for (int at = _ofBucket[bucket]; at != 0; at = entries[at].NextOfBucket) MarkItem(entries[at].Item);
    }

    /// <summary>An item that is marked, which it is no more; -1 if there is none.</summary>
    public int TakeStale()
    {
        if (_staleCount == 0) return -1;
        int item = _stale[--_staleCount];
        _isStale[item] = 0;
        return item;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ofItem.Dispose();
        _ofBucket.Dispose();
        _isStale.Dispose();
        _stale.Dispose();
        _entries.Dispose();
    }

    private int Take()
    {
        if (_free != 0)
        {
            int taken = _free;
            _free = _entries[taken].NextOfItem;
            return taken;
        }

        if (_used == _entries.Length)
        {
            using NativeBuffer<Entry> old = _entries;
            _entries = new NativeBuffer<Entry>(2 * old.Length);
            Buffer.MemoryCopy(old.Pointer, _entries.Pointer, _entries.Length * sizeof(Entry), old.Length * sizeof(Entry));
        }

        return _used++;
    }

    private struct Entry
    {
        public int Item;
        public int Bucket;
        public float Value;
        public int NextOfItem;
        public int NextOfBucket;
        public int PreviousOfBucket;
    }
}
