using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Sketches;

/// <summary>
/// Which slot a key has, and which key a slot: a table of chains through the slots (Knuth, The Art of Computer Programming 3, section 6.4,
/// algorithm C with separate lists), with two to four chains a slot. Any 64-bit number can be a key. O(1) expected; nothing is allocated after construction.
/// One caller at a time.
/// </summary>
/// <param name="capacity">Number of slots.</param>
/// <param name="whitening">Word of the hash.</param>
internal sealed class KeyIndex(int capacity, ulong whitening)
{
    private readonly int[] _first = new int[Chains(capacity)]; // slot + 1 of each chain; 0: empty
    private readonly Link[] _links = new Link[capacity];
    private readonly int _shift = 64 - BitOperations.Log2((uint)Chains(capacity));

    /// <summary>Bytes of the tables.</summary>
    public static long BytesFor(int capacity) => (4L * Chains(capacity)) + ((long)Unsafe.SizeOf<Link>() * capacity);

    /// <summary>The key of a slot.</summary>
    public ulong Key(int slot) => _links[slot].Key;

    /// <summary>The slot of <paramref name="key"/>; -1 if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        ref Link links = ref MemoryMarshal.GetArrayDataReference(_links);
        for (int at = Chain(key); at != 0;)
        {
            // Chains hold slots that were set, and those lie in the table.
            ref Link link = ref Unsafe.Add(ref links, at - 1);
            if (link.Key == key) return at - 1;
            at = link.Next;
        }

        return -1;
    }

    /// <summary>Gives a slot that has no key the key of none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int slot, ulong key)
    {
        ref int first = ref Chain(key);
        _links[slot] = new Link(key, first);
        first = slot + 1;
    }

    /// <summary>Takes the key of a slot away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unset(int slot)
    {
        ref Link links = ref MemoryMarshal.GetArrayDataReference(_links);
        ref int at = ref Chain(_links[slot].Key);
        while (at != slot + 1) at = ref Unsafe.Add(ref links, at - 1).Next;
        at = _links[slot].Next;
    }

    /// <summary>Takes all keys away.</summary>
    public void Clear() => Array.Clear(_first);

    private static int Chains(int capacity) => (int)BitOperations.RoundUpToPowerOf2(Math.Max(2, 2 * (uint)capacity));

    // The shift leaves as many bits as there are chains.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int Chain(ulong key) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_first), (nint)(KeyHash.Hash(key, whitening) >> _shift));

    private struct Link(ulong key, int next)
    {
        public readonly ulong Key = key;
        public int Next = next;
    }
}
