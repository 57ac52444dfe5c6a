using System.Runtime.CompilerServices;

namespace Streaming.Operators.Numerics;

/// <content>Doubling, a few entries at a time.</content>
public sealed unsafe partial class EntityIndex
{
    // With each key added: the next doubling comes after half as many keys as the outgrown table has slots, when all of it has long moved.
    private const int SlotsPerMove = 16;
    private const int SlotsPerPiece = 1 << 15;

    private NativeBuffer<Entry>? _outgrown;
    private int _outgrownMask;
    private int _start;
    private int _visited;

    private void Grow()
    {
        while (_outgrown is not null) Move(SlotsPerPiece);
        NativeBuffer<Entry> table = new(2 * _table.Length);
        (_outgrown, _outgrownMask, _start, _visited) = (_table, _mask, 0, 0);
        while (_outgrown.Pointer[_start].Key != 0) _start++;
        _table = table;
        _entries = _table.Pointer;
        (_mask, _shift) = ((2 * _mask) + 1, _shift - 1);
    }

    /// <summary>Moves some entries on, and puts a new one into the outgrown table if its home there was not visited yet; says whether it did.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool PutOutgrown(Entry entry)
    {
        Move(SlotsPerMove);
        if (_outgrown is null) return false;
        int i = Home(entry.Key, _shift + 1);
        if (((i - _start) & _outgrownMask) < _visited) return false;
        for (Entry* entries = _outgrown.Pointer; entries[i].Key != 0;)
        {
            i = (i + 1) & _outgrownMask;
            if (i == _start) return false; // from here on it was visited
        }

        _outgrown.Pointer[i] = entry;
        return true;
    }

    /// <summary>
    /// Visits the next slots of the outgrown table and moves what is there, up to the end of a cluster: no cluster is cut.
    /// </summary>
    private void Move(int slots)
    {
        NativeBuffer<Entry> outgrown = _outgrown!;
        Entry* from = outgrown.Pointer;
        int mask = _outgrownMask;
        for (; _visited <= mask; slots--)
        {
            int i = (_start + _visited) & mask;
            if (from[i].Key == 0 && slots <= 0) return;
            if (from[i].Key != 0)
            {
                Put(from[i]);
                from[i] = default;
            }

            _visited++;
            int next = (i + 1) & mask;
            if ((next & (SlotsPerPiece - 1)) == 0 && _visited >= SlotsPerPiece) outgrown.Discard((next - SlotsPerPiece) & mask, SlotsPerPiece);
        }

        DropOutgrown();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindOutgrown(ulong key)
    {
        Entry* entries = _outgrown!.Pointer;
        int i = Home(key, _shift + 1);
        while (entries[i].Key != key && entries[i].Key != 0) i = (i + 1) & _outgrownMask;
        return entries[i].Key == 0 ? -1 : entries[i].Row;
    }

    private void DropOutgrown()
    {
        _outgrown?.Dispose();
        _outgrown = null;
    }
}
