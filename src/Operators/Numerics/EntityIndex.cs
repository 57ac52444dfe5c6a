using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Numerics;

/// <summary>
/// From 64-bit keys to row numbers: open addressing with linear probing and deletion by shifting back (Knuth, The Art of Computer Programming 3,
/// section 6.4, algorithms L and R). Starts small and doubles, at most half full; 32 to 64 bytes an entry.
/// </summary>
/// <remarks>
/// Key 0 is no key. Expected O(1) an operation. The order of insertions never shows. Native memory: a table that was outgrown is given back to the operating
/// system at once, not when a collector comes by. After <see cref="Dispose"/> nothing may be called. One writer at a time.
/// </remarks>
public sealed unsafe class EntityIndex : IDisposable
{
    private const int Smallest = 64;
    private NativeBuffer<Entry> _table;
    private Entry* _entries;
    private int _mask;
    private int _shift;

    /// <summary>An index without keys.</summary>
    /// <param name="expected">Number of keys that it takes without growing.</param>
    public EntityIndex(int expected = 0)
    {
        long length = Length(expected);
        _table = new NativeBuffer<Entry>(length);
        _entries = _table.Pointer;
        (_mask, _shift) = ((int)length - 1, 64 - BitOperations.Log2((ulong)length));
    }

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>Most bytes that an index of <paramref name="count"/> keys takes, the old table while doubling left out.</summary>
    public static long BytesFor(long count) => Length(count) * Unsafe.SizeOf<Entry>();

    /// <summary>The row of <paramref name="key"/>; -1 if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        Entry* entries = _entries;
        int mask = _mask;
        int i = Home(key);
        while (entries[i].Key != key && entries[i].Key != 0) i = (i + 1) & mask;
        int row = entries[i].Key == 0 ? -1 : entries[i].Row;
        GC.KeepAlive(this);
        return row;
    }

    /// <summary>Adds a key that is not there.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> is 0.</exception>
    public void Add(ulong key, int row)
    {
        if (key == 0) throw new ArgumentException("0 is the key of no entity.", nameof(key));
        if (2L * (Count + 1) > _table.Length) Grow();
        Put(new Entry(key, row));
        Count++;
    }

    /// <summary>Removes a key; says whether it was there.</summary>
    public bool Remove(ulong key)
    {
        int mask = _mask;
        int hole = Home(key);
        while (_entries[hole].Key != key)
        {
            if (_entries[hole].Key == 0) return false;
            hole = (hole + 1) & mask;
        }

        if (key == 0) return false;
        for (int i = (hole + 1) & mask; _entries[i].Key != 0; i = (i + 1) & mask)
        {
            // An entry moves into the hole if its home does not lie behind the hole, going around.
            if (((i - Home(_entries[i].Key)) & mask) < ((i - hole) & mask)) continue;
            _entries[hole] = _entries[i];
            hole = i;
        }

        _entries[hole] = default;
        Count--;
        return true;
    }

    /// <summary>Removes every key, keeping the table.</summary>
    public void Clear()
    {
        new Span<Entry>(_entries, _mask + 1).Clear();
        Count = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    private static long Length(long count) => (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(Smallest, 2 * count));

    // Fibonacci hashing (Knuth, section 6.4): keys are mixed already, but need not be.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);

    private void Put(Entry entry)
    {
        int mask = _mask;
        int i = Home(entry.Key);
        while (_entries[i].Key != 0) i = (i + 1) & mask;
        _entries[i] = entry;
    }

    private void Grow()
    {
        using NativeBuffer<Entry> old = _table;
        _table = new NativeBuffer<Entry>(2 * old.Length);
        _entries = _table.Pointer;
        (_mask, _shift) = ((2 * _mask) + 1, _shift - 1);
        for (long i = 0; i < old.Length; i++)
        {
            if (old.Pointer[i].Key != 0) Put(old.Pointer[i]);
        }
    }

    private readonly record struct Entry(ulong Key, int Row);
}
