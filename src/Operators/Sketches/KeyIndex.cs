using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Sketches;

/// <summary>
/// Finds the slot of a key: a table with open addressing and linear probing, at most half full (Knuth, The Art of Computer Programming 3,
/// section 6.4, algorithms L and R). Any 64-bit number can be a key. O(1) expected; nothing is allocated after construction. One caller at a time.
/// </summary>
/// <param name="capacity">Most keys held at a time.</param>
/// <param name="whitening">Word of the hash.</param>
internal sealed class KeyIndex(int capacity, ulong whitening)
{
    private readonly Entry[] _entries = new Entry[Length(capacity)];
    private readonly int _shift = 64 - BitOperations.Log2((uint)Length(capacity));

    /// <summary>Bytes of the table.</summary>
    public static long BytesFor(int capacity) => 16L * Length(capacity);

    /// <summary>The slot of <paramref name="key"/>; -1 if it has none. <paramref name="place"/> says where it is, or where it would be added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key, out int place)
    {
        // The shift leaves as many bits as the table has places, and the mask keeps to them.
        ref Entry table = ref MemoryMarshal.GetArrayDataReference(_entries);
        int mask = _entries.Length - 1;
        int at = Home(key);
        for (; ; at = (at + 1) & mask)
        {
            ref Entry entry = ref Unsafe.Add(ref table, at);
            if (entry.OneBased == 0 || entry.Key == key)
            {
                place = at;
                return entry.OneBased - 1;
            }
        }
    }

    /// <summary>Adds a key at the place that <see cref="Find"/> gave just before.</summary>
    public void AddAt(int place, ulong key, int slot) => _entries[place] = new Entry(key, slot + 1);

    /// <summary>Takes a key out, moving those behind it up (algorithm R), so that no tombstones remain.</summary>
    public void Remove(ulong key)
    {
        if (Find(key, out int hole) < 0) return;
        int mask = _entries.Length - 1;
        for (int at = (hole + 1) & mask; _entries[at].OneBased != 0; at = (at + 1) & mask)
        {
            // An entry may move up unless its home lies behind the hole.
            if (((at - Home(_entries[at].Key)) & mask) < ((at - hole) & mask)) continue;
            _entries[hole] = _entries[at];
            hole = at;
        }

        _entries[hole] = default;
    }

    /// <summary>Takes all keys out.</summary>
    public void Clear() => Array.Clear(_entries);

    // At least 4: a new key goes in before the one it replaces goes out, and a place must stay free for a search to end at.
    private static int Length(int capacity) => (int)BitOperations.RoundUpToPowerOf2(Math.Max(4, 2 * (uint)capacity));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(ulong key) => (int)(KeyHash.Hash(key, whitening) >> _shift);

    private readonly struct Entry(ulong key, int oneBased)
    {
        public readonly ulong Key = key;
        public readonly int OneBased = oneBased;
    }
}
