using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Numerics;

/// <summary>
/// From 64-bit keys to row numbers: open addressing with linear probing and deletion by shifting back (Knuth, The Art of Computer Programming 3,
/// section 6.4, algorithms L and R). Starts small and doubles, at most half full; 32 to 64 bytes an entry.
/// </summary>
/// <remarks>Key 0 is no key. Expected O(1) an operation. The order of insertions never shows. One writer at a time.</remarks>
public sealed class EntityIndex
{
    private const int Smallest = 64;
    private Entry[] _entries = new Entry[Smallest];
    private int _shift = 64 - BitOperations.Log2(Smallest);

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>Most bytes that an index of <paramref name="count"/> keys takes, the old table while doubling left out.</summary>
    public static long BytesFor(long count) => (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(Smallest, 2 * count)) * Unsafe.SizeOf<Entry>();

    /// <summary>The row of <paramref name="key"/>; -1 if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        Entry[] entries = _entries;
        ref Entry first = ref MemoryMarshal.GetArrayDataReference(entries);
        int mask = entries.Length - 1;
        for (int i = Home(key); ; i = (i + 1) & mask)
        {
            ref Entry entry = ref Unsafe.Add(ref first, i);
            if (entry.Key == key) return key == 0 ? -1 : entry.Row;
            if (entry.Key == 0) return -1;
        }
    }

    /// <summary>Adds a key that is not there.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> is 0.</exception>
    public void Add(ulong key, int row)
    {
        if (key == 0) throw new ArgumentException("0 is the key of no entity.", nameof(key));
        if (2 * (Count + 1) > _entries.Length) Grow();
        Put(new Entry(key, row));
        Count++;
    }

    /// <summary>Removes a key; says whether it was there.</summary>
    public bool Remove(ulong key)
    {
        int mask = _entries.Length - 1;
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
        Array.Clear(_entries);
        Count = 0;
    }

    // Fibonacci hashing (Knuth, section 6.4): keys are mixed already, but need not be.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);

    private void Put(Entry entry)
    {
        int mask = _entries.Length - 1;
        int i = Home(entry.Key);
        while (_entries[i].Key != 0) i = (i + 1) & mask;
        _entries[i] = entry;
    }

    private void Grow()
    {
        Entry[] old = _entries;
        _entries = new Entry[old.Length * 2];
        _shift--;
        foreach (Entry entry in old)
        {
            if (entry.Key != 0) Put(entry);
        }
    }

    private readonly record struct Entry(ulong Key, int Row);
}
