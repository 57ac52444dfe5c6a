using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Numerics;

/// <summary>
/// From 64-bit keys to row numbers: open addressing with linear probing and deletion by shifting back (Knuth, The Art of Computer Programming 3,
/// section 6.4, algorithms L and R). Starts small and doubles, at most half full; 32 to 64 bytes an entry.
/// </summary>
/// <remarks>
/// <para>Key 0 is no key. Expected O(1) an operation, in the worst case too but for the length of a cluster: when it doubles, the entries move over a few with each key that is added
/// (Larson 1988, "Dynamic hash tables"), in the order of their homes and whole clusters at a time: what has not moved is found where it was, and fresh memory is touched from one end to the other. The
/// order of insertions never shows.</para>
/// <para>Native memory: what was moved out of is given back to the operating system piece by piece, not when a collector comes by. After <see cref="Dispose"/> nothing may be called. One writer at a
/// time.</para>
/// </remarks>
public sealed unsafe partial class EntityIndex : IDisposable
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

    /// <summary>Most bytes that an index of <paramref name="count"/> keys takes, what has not moved yet while it doubles left out: at most half as much again.</summary>
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
        if (row < 0 && _outgrown is not null) row = FindOutgrown(key);
        GC.KeepAlive(this);
        return row;
    }

    /// <summary>Adds a key that is not there.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> is 0.</exception>
    public void Add(ulong key, int row)
    {
        if (key == 0) throw new ArgumentException("0 is the key of no entity.", nameof(key));
        if (2L * (Count + 1) > _table.Length) Grow();
        if (_outgrown is null || !PutOutgrown(new Entry(key, row))) Put(new Entry(key, row));
        Count++;
    }

    /// <summary>Removes a key; says whether it was there.</summary>
    public bool Remove(ulong key)
    {
        bool removed = key != 0 && (Remove(_entries, _mask, _shift, key) || (_outgrown is not null && Remove(_outgrown.Pointer, _outgrownMask, _shift + 1, key)));
        if (removed) Count--;
        return removed;
    }

    /// <summary>Removes every key, keeping the table.</summary>
    public void Clear()
    {
        new Span<Entry>(_entries, _mask + 1).Clear();
        DropOutgrown();
        Count = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DropOutgrown();
        _table.Dispose();
    }

    private static long Length(long count) => (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(Smallest, 2 * count));

    // Fibonacci hashing (Knuth, section 6.4): keys are mixed already, but need not be.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(ulong key) => Home(key, _shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Home(ulong key, int shift) => (int)((key * 0x9E3779B97F4A7C15UL) >> shift);

    private static bool Remove(Entry* entries, int mask, int shift, ulong key)
    {
        int hole = Home(key, shift);
        while (entries[hole].Key != key)
        {
            if (entries[hole].Key == 0) return false;
            hole = (hole + 1) & mask;
        }

        for (int i = (hole + 1) & mask; entries[i].Key != 0; i = (i + 1) & mask)
        {
            // An entry moves into the hole if its home does not lie behind the hole, going around.
            if (((i - Home(entries[i].Key, shift)) & mask) < ((i - hole) & mask)) continue;
            entries[hole] = entries[i];
            hole = i;
        }

        entries[hole] = default;
        return true;
    }

    private void Put(Entry entry)
    {
        int mask = _mask;
        int i = Home(entry.Key);
        while (_entries[i].Key != 0) i = (i + 1) & mask;
        _entries[i] = entry;
    }

    private readonly record struct Entry(ulong Key, int Row);
}
