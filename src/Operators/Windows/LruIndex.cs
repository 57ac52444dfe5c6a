using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Windows;

/// <summary>
/// Gives up to <c>capacity</c> keys a slot each, 0 to capacity - 1, and takes the slot of the key that was touched longest ago when a new key finds all taken.
/// Which slot a key gets shows in no result.
/// An open-addressing table (linear probing, deletion by backward shift: Knuth 1973, section 6.4, algorithm R) and a doubly linked list in arrays.
/// </summary>
/// <remarks>
/// Expected constant time, no allocation after construction. One caller at a time. Frozen slots are touched before their key, or what is newer than they, changes,
/// and so is the slot that is returned.
/// </remarks>
internal sealed class LruIndex
{
    private const int None = -1;

    private readonly int[] _table; // slot + 1; 0 is free; at most half full
    private readonly int _shift;
    private readonly ulong[] _keys;
    private readonly int[] _newer;
    private readonly int[] _older;
    private readonly FrozenSlots? _frozen;
    private readonly Stack<int> _free = new();
    private int _newest = None;

    /// <param name="capacity">Most keys.</param>
    /// <param name="frozen">Frozen slots of the owner; null where its state is never frozen.</param>
    public LruIndex(int capacity, FrozenSlots? frozen = null)
    {
        _frozen = frozen;
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        int length = TableLength(capacity);
        _table = new int[length];
        _shift = 64 - BitOperations.Log2((uint)length);
        _keys = new ulong[capacity];
        _newer = new int[capacity];
        _older = new int[capacity];
    }

    /// <summary>Keys that have a slot.</summary>
    public int Count { get; private set; }

    /// <summary>Slots given out so far, those freed since included.</summary>
    public int Slots => Count + _free.Count;

    /// <summary>Slot of the key touched longest ago; -1 if there is none.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>Bytes of an index of this capacity.</summary>
    public static long BytesFor(int capacity) => (4L * TableLength(capacity)) + (16L * capacity) + 128;

    public ulong KeyOf(int slot) => _keys[slot];

    /// <summary>The slot touched next after <paramref name="slot"/>; -1 after the newest.</summary>
    public int NewerThan(int slot) => _newer[slot];

    /// <summary>The key's slot, now the most recently touched.</summary>
    /// <param name="key">Any key.</param>
    /// <param name="isNew">Whether the key had no slot before.</param>
    /// <param name="evicted">Whether another key lost this slot.</param>
    public int Touch(ulong key, out bool isNew, out bool evicted)
    {
        int place = PlaceOf(key);
        int slot = _table[place] - 1;
        isNew = slot < 0;
        evicted = false;
        if (isNew)
        {
            evicted = Count == _keys.Length;
            if (evicted)
            {
                slot = Oldest;
                Thaw(slot);
                Unlink(slot);
                Remove(PlaceOf(_keys[slot]));
                place = PlaceOf(key);
            }
            else
            {
                slot = _free.Count > 0 ? _free.Pop() : Count;
                Count++;
                Thaw(slot);
            }

            _keys[slot] = key;
            _table[place] = slot + 1;
        }
        else
        {
            Thaw(slot);
            if (slot == _newest) return slot;
            Unlink(slot);
        }

        Append(slot);
        return slot;
    }

    /// <summary>Takes the slot of a key away, which another may get; -1 if it has none.</summary>
    public int Free(ulong key)
    {
        int place = PlaceOf(key);
        int slot = _table[place] - 1;
        if (slot < 0) return -1;
        Thaw(slot);
        Unlink(slot);
        Remove(place);
        (_keys[slot], _older[slot], _newer[slot]) = (0, None, None);
        _free.Push(slot);
        Count--;
        return slot;
    }

    public void Clear()
    {
        _free.Clear();
        if (Count > 0) Array.Clear(_table); // an empty table is not touched
        (Count, Oldest, _newest) = (0, None, None);
    }

    private static int TableLength(int capacity) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2 * capacity));

    private int Home(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);

    private int PlaceOf(ulong key)
    {
        int place = Home(key);
        while (_table[place] != 0 && _keys[_table[place] - 1] != key) place = (place + 1) & (_table.Length - 1);
        return place;
    }

    private void Remove(int hole)
    {
        int mask = _table.Length - 1;
        for (int i = (hole + 1) & mask; _table[i] != 0; i = (i + 1) & mask)
        {
            int home = Home(_keys[_table[i] - 1]);
            if (((i - home) & mask) < ((i - hole) & mask)) continue;
            _table[hole] = _table[i];
            hole = i;
        }

        _table[hole] = 0;
    }

    /// <summary>A slot is about to change, and with it what is newer than its neighbours.</summary>
    private void Thaw(int slot)
    {
        if (_frozen is not { IsFrozen: true }) return;
        _frozen.Touch(slot);
        if (_newest != None) _frozen.Touch(_newest);
        if (_older[slot] != None) _frozen.Touch(_older[slot]);
    }

    private void Append(int slot)
    {
        (_older[slot], _newer[slot]) = (_newest, None);
        if (_newest == None) Oldest = slot;
        else _newer[_newest] = slot;
        _newest = slot;
    }

    private void Unlink(int slot)
    {
        int older = _older[slot], newer = _newer[slot];
        if (older == None) Oldest = newer;
        else _newer[older] = newer;
        if (newer == None) _newest = older;
        else _older[newer] = older;
    }
}
