using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// The pairs of a user and an item that met last, each once with how often they met: a sparse matrix of bounded size whose entries are chained by user and by
/// item, in the order of the first meeting.
/// </summary>
/// <remarks>
/// Slots are given out in a ring: when all are, the oldest pair goes. A user's oldest pair goes too when the user has as many as allowed. A pair goes from both
/// chains at once. Adding is O(pairs of the user); removing a user or an item O(its pairs). 28 bytes a pair, 12 a user, 8 an item. One caller at a time. State:
/// slots used, place of the oldest, and by slot the user's row (-1: free), the item's and the weight; another thread may write it (<see cref="ILargeState"/>).
/// </remarks>
internal sealed unsafe class KeptPairs : ILargeState, IDisposable
{
    /// <summary>Most that a pair weighs.</summary>
    public const float MaxWeight = 1e6f;

    private const int Free = -1;

    private readonly EntityTable _users;
    private readonly EntityTable _items;
    private readonly NativeBuffer<Pair> _pairs;
    private readonly NativeBuffer<Chain> _userChains;
    private readonly NativeBuffer<Chain> _itemChains;
    private readonly NativeBuffer<int> _userCounts;
    private readonly RowPages _pages;
    private readonly MemoryColumn _column;
    private readonly int _capacity;
    private readonly int _mostOfUser;
    private int _used;
    private int _oldest;
    private (int Used, int Oldest) _frozen;

    /// <summary>Room for <paramref name="capacity"/> pairs, at most <paramref name="mostOfUser"/> of each user.</summary>
    public KeptPairs(EntityTable users, EntityTable items, int capacity, int mostOfUser)
    {
        (_users, _items, _capacity, _mostOfUser) = (users, items, capacity, mostOfUser);
        _pairs = new NativeBuffer<Pair>(capacity);
        (_userChains, _itemChains, _userCounts) = (new NativeBuffer<Chain>(users.Capacity), new NativeBuffer<Chain>(items.Capacity), new NativeBuffer<int>(users.Capacity));
        _pages = new RowPages(capacity, sizeof(Pair));
        _column = _pages.Add(new MemoryColumn(_pairs.Pointer, sizeof(Pair)));
    }

    /// <inheritdoc/>
    public long Bytes => (long)_used * sizeof(Pair);

    /// <summary>Most bytes of pairs of this shape.</summary>
    public static long BytesFor(int users, int items, int capacity) =>
        ((long)capacity * sizeof(Pair)) + RowPages.BytesFor(capacity, sizeof(Pair)) + ((long)users * (sizeof(Chain) + sizeof(int))) + ((long)items * sizeof(Chain));

    /// <summary>The user and the item met, once more or for the first time.</summary>
    public void Add(int user, int item, float weight)
    {
        for (int slot = NewestOfUser(user); slot >= 0; slot = OlderOfUser(slot))
        {
            if (_pairs[slot].Item != item) continue;
            _pages.Touch(slot);
            _pairs[slot].Weight = Math.Min(_pairs[slot].Weight + weight, MaxWeight);
            return;
        }

        if (_userCounts[user] == _mostOfUser) Remove(_userChains[user].First - 1);
        int free = _used < _capacity ? _used++ : TakeOldest();
        _pages.Touch(free);
        _pairs[free] = new Pair { User = user, Item = item, Weight = Math.Min(weight, MaxWeight) };
        Append(free);
    }

    /// <summary>Pairs of the user.</summary>
    public int CountOfUser(int user) => _userCounts[user];

    /// <summary>The user's newest pair; -1 if there is none.</summary>
    public int NewestOfUser(int user) => _userChains[user].Last - 1;

    /// <summary>The pair of the same user before this one; -1 if there is none.</summary>
    public int OlderOfUser(int slot) => _pairs[slot].PreviousOfUser - 1;

    /// <summary>The item's newest pair; -1 if there is none.</summary>
    public int NewestOfItem(int item) => _itemChains[item].Last - 1;

    /// <summary>The pair of the same item before this one; -1 if there is none.</summary>
    public int OlderOfItem(int slot) => _pairs[slot].PreviousOfItem - 1;

    /// <summary>Row of the pair's user.</summary>
    public int UserOf(int slot) => _pairs[slot].User;

    /// <summary>Row of the pair's item.</summary>
    public int ItemOf(int slot) => _pairs[slot].Item;

    /// <summary>How often they met, each time by its importance.</summary>
    public float WeightOf(int slot) => _pairs[slot].Weight;

    /// <summary>Removes the pairs of a user, whose row is given up.</summary>
    public void RemoveUser(int user)
    {
        while (_userChains[user].First > 0) Remove(_userChains[user].First - 1);
    }

    /// <summary>Removes the pairs of an item, whose row is given up.</summary>
    public void RemoveItem(int item)
    {
        while (_itemChains[item].First > 0) Remove(_itemChains[item].First - 1);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => writer.WriteLarge(this);

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!_pages.TryFreeze(_used)) return false;
        _frozen = (_used, _oldest);
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        (int used, int oldest) = frozen ? _frozen : (_used, _oldest);
        writer.Write(used);
        writer.Write(oldest);
        using NativeBuffer<Pair> page = new(_pages.RowsPerPage);
        for (int first = 0; first < used; first += _pages.RowsPerPage)
        {
            int count = Math.Min(_pages.RowsPerPage, used - first);
            _pages.Copy(_column, first, count, frozen, (byte*)page.Pointer);
            if (frozen) _pages.Done(first);
            foreach (ref readonly Pair pair in page.AsSpan(0, count))
            {
                writer.Write(pair.User);
                writer.Write(pair.Item);
                writer.Write(pair.Weight);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => _pages.Release();

    /// <summary>Becomes what was saved, for the users and items that there now are; there may be no pairs.</summary>
    public void Restore(ref StateReader reader)
    {
        _used = reader.ReadLength(_capacity);
        _oldest = reader.ReadLength(_used < _capacity ? 0 : _capacity - 1);
        for (int slot = 0; slot < _used; slot++)
        {
            Pair pair = new() { User = reader.Read<int>(), Item = reader.Read<int>(), Weight = reader.Read<float>() };
            bool held = pair.User >= 0 && pair.User < _users.Count && _users.Key(pair.User) != 0 && pair.Item >= 0 && pair.Item < _items.Count && pair.Weight is > 0 and <= MaxWeight;
            if (!held && pair is not { User: Free, Item: 0, Weight: 0 }) throw new StateMismatchException($"The snapshot has the pair {pair.User}, {pair.Item} of weight {pair.Weight}.");
            _pairs[slot] = pair;
        }

        for (int n = 0; n < _used; n++)
        {
            int slot = (_oldest + n) % _used;
            if (_pairs[slot].User == Free) continue;
            if (_userCounts[_pairs[slot].User] == _mostOfUser) throw new StateMismatchException($"The snapshot has more than {_mostOfUser} pairs of a user.");
            Append(slot);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pairs.Dispose();
        _userChains.Dispose();
        _itemChains.Dispose();
        _userCounts.Dispose();
        _pages.Dispose();
    }

    private int TakeOldest()
    {
        int slot = _oldest;
        _oldest = slot + 1 == _capacity ? 0 : slot + 1;
        if (_pairs[slot].User != Free) Remove(slot);
        return slot;
    }

    // Chains are no state: they follow from the order of the slots.
    private void Append(int slot)
    {
        ref Pair pair = ref _pairs[slot];
        ref Chain byUser = ref _userChains[pair.User], byItem = ref _itemChains[pair.Item];
        (pair.PreviousOfUser, pair.PreviousOfItem) = (byUser.Last, byItem.Last);
        (pair.NextOfUser, pair.NextOfItem) = (0, 0);
        if (byUser.Last == 0) byUser.First = slot + 1;
        else _pairs[byUser.Last - 1].NextOfUser = slot + 1;
        if (byItem.Last == 0) byItem.First = slot + 1;
        else _pairs[byItem.Last - 1].NextOfItem = slot + 1;
        (byUser.Last, byItem.Last) = (slot + 1, slot + 1);
        _userCounts[pair.User]++;
    }

    private void Remove(int slot)
    {
        Pair pair = _pairs[slot];
        ref Chain byUser = ref _userChains[pair.User], byItem = ref _itemChains[pair.Item];
        if (pair.PreviousOfUser == 0) byUser.First = pair.NextOfUser;
        else _pairs[pair.PreviousOfUser - 1].NextOfUser = pair.NextOfUser;
        if (pair.NextOfUser == 0) byUser.Last = pair.PreviousOfUser;
        else _pairs[pair.NextOfUser - 1].PreviousOfUser = pair.PreviousOfUser;
        if (pair.PreviousOfItem == 0) byItem.First = pair.NextOfItem;
        else _pairs[pair.PreviousOfItem - 1].NextOfItem = pair.NextOfItem;
        if (pair.NextOfItem == 0) byItem.Last = pair.PreviousOfItem;
        else _pairs[pair.NextOfItem - 1].PreviousOfItem = pair.PreviousOfItem;
        _userCounts[pair.User]--;
        _pages.Touch(slot);
        _pairs[slot] = new Pair { User = Free };
    }

    // Slots + 1; 0: none.
    private struct Chain
    {
        public int First;
        public int Last;
    }

    private struct Pair
    {
        public int User;
        public int Item;
        public float Weight;
        public int NextOfUser;
        public int PreviousOfUser;
        public int NextOfItem;
        public int PreviousOfItem;
    }
}
