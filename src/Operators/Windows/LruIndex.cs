using System.Numerics;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Windows;

/// <summary>Writes what its owner keeps in a slot.</summary>
internal delegate void SlotSaver(int slot, ref StateWriter writer);

/// <summary>
/// Gives up to <c>capacity</c> keys a slot each, 0 to capacity - 1, and takes the slot of the key that was touched longest ago when a new key finds all taken.
/// Which slot a key gets shows in no result.
/// An open-addressing table (linear probing, deletion by backward shift: Knuth 1973, section 6.4, algorithm R) and a doubly linked list in arrays.
/// </summary>
/// <remarks>
/// Expected constant time, no allocation after construction. One caller at a time. Frozen slots are touched before their key, or what is newer than they, changes,
/// and so is the slot that is returned. State: the number of keys, then by key, the one touched longest ago first, the key and what its slot holds; saved by another
/// thread where it is large (<see cref="ILargeState"/>).
/// </remarks>
internal sealed class LruIndex : ILargeState, ISlotState, IDisposable
{
    private const int None = -1;

    private readonly int[] _table; // slot + 1; 0 is free; at most half full
    private readonly int _shift;
    private readonly ulong[] _keys;
    private readonly int[] _newer;
    private readonly int[] _older;
    private readonly Stack<int> _free = new();
    private readonly long _bytesPerSlot;
    private readonly SlotSaver _save;
    private readonly FrozenSlots _frozen;
    private (int Count, int Oldest) _frozenOrder;
    private int _oldest = None;
    private int _newest = None;

    /// <param name="capacity">Most keys.</param>
    /// <param name="bytesPerSlot">About how many bytes the state of a slot has.</param>
    /// <param name="save">Writes what the owner keeps in a slot; on another thread while it does not change the slot.</param>
    public LruIndex(int capacity, long bytesPerSlot, SlotSaver save)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (_bytesPerSlot, _save, _frozen) = (bytesPerSlot, save, new FrozenSlots(this, capacity));
        int length = TableLength(capacity);
        _table = new int[length];
        _shift = 64 - BitOperations.Log2((uint)length);
        _keys = new ulong[capacity];
        _newer = new int[capacity];
        _older = new int[capacity];
    }

    /// <summary>Keys that have a slot.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public long Bytes => Count * (sizeof(ulong) + _bytesPerSlot);

    private (int Count, int Oldest) Order => (Count, _oldest);

    /// <summary>Bytes of an index of this capacity.</summary>
    public static long BytesFor(int capacity) => (4L * TableLength(capacity)) + (16L * capacity) + 128 + FrozenSlots.BytesFor(capacity);

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
                slot = _oldest;
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
        (Count, _oldest, _newest) = (0, None, None);
    }

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!_frozen.TryFreeze(Count + _free.Count)) return false;
        _frozenOrder = Order;
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        (int count, int slot) = frozen ? _frozenOrder : Order;
        writer.Write(count);
        for (; count > 0; count--) slot = _frozen.Write(slot, ref writer, frozen);
    }

    /// <inheritdoc/>
    public void Release() => _frozen.Release();

    /// <inheritdoc/>
    public void Dispose() => _frozen.Dispose();

    int ISlotState.After(int slot) => _newer[slot];

    void ISlotState.SaveSlot(int slot, ref StateWriter writer)
    {
        writer.Write(_keys[slot]);
        _save(slot, ref writer);
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
        if (!_frozen.IsFrozen) return;
        _frozen.Touch(slot);
        if (_newest != None) _frozen.Touch(_newest);
        if (_older[slot] != None) _frozen.Touch(_older[slot]);
    }

    private void Append(int slot)
    {
        (_older[slot], _newer[slot]) = (_newest, None);
        if (_newest == None) _oldest = slot;
        else _newer[_newest] = slot;
        _newest = slot;
    }

    private void Unlink(int slot)
    {
        int older = _older[slot], newer = _newer[slot];
        if (older == None) _oldest = newer;
        else _newer[older] = newer;
        if (newer == None) _newest = older;
        else _older[newer] = older;
    }
}
