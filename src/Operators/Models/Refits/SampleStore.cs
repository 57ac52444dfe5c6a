using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models.Refits;

/// <summary>
/// Events kept to fit a model to, the last ones or a uniform sample of all, chained by user and by item in the order in which they came.
/// </summary>
/// <remarks>
/// A slot whose user or item is gone stays free until its turn comes. Adding is O(1), removing a user or an item O(its events). 48 bytes an event, 4 a user and an item. Chance is drawn on (seed, events met). One
/// caller at a time. State: events met, slots used, and by slot the user's row (-1: free), the item's, value, weight, and which event it was; another thread may write it (<see cref="ILargeState"/>).
/// </remarks>
internal sealed unsafe class SampleStore : ILargeState, IDisposable
{
    private const int Free = -1;

    private readonly EntityTable _users;
    private readonly EntityTable _items;
    private readonly NativeBuffer<Slot> _slots;
    private readonly NativeBuffer<int> _newestOfUser; // slot + 1; 0: none
    private readonly NativeBuffer<int> _newestOfItem;
    private readonly RowPages _pages;
    private readonly MemoryColumn _column;
    private readonly RefitKeep _keep;
    private readonly ulong _seed;
    private readonly int _capacity;
    private long _met;
    private (long Met, int Used) _frozen;

    /// <summary>Room for <paramref name="capacity"/> events of these users and items.</summary>
    public SampleStore(EntityTable users, EntityTable items, int capacity, RefitKeep keep, ulong seed)
    {
        (_users, _items, _capacity, _keep, _seed) = (users, items, capacity, keep, seed);
        _slots = new NativeBuffer<Slot>(capacity);
        (_newestOfUser, _newestOfItem) = (new NativeBuffer<int>(users.Capacity), new NativeBuffer<int>(items.Capacity));
        _pages = new RowPages(capacity, sizeof(Slot));
        _column = _pages.Add(new MemoryColumn(_slots.Pointer, sizeof(Slot)));
    }

    /// <summary>Slots used, free ones among them.</summary>
    public int Used { get; private set; }

    /// <inheritdoc/>
    public long Bytes => (long)Used * sizeof(Slot);

    /// <summary>Most bytes of a store of this shape.</summary>
    public static long BytesFor(int users, int items, int capacity) =>
        ((long)capacity * sizeof(Slot)) + RowPages.BytesFor(capacity, sizeof(Slot)) + (sizeof(int) * ((long)users + items));

    /// <summary>An event came: it is kept, or not, and another may go for it.</summary>
    public void Add(int user, int item, double value, float weight)
    {
        long arrival = _met++;
        int slot = Place(arrival);
        if (slot < 0) return;
        if (slot < Used) Remove(slot);
        else Used++;
        _pages.Touch(slot);
        _slots[slot] = new Slot { User = user, Item = item, Value = value, Weight = weight, Arrival = arrival };
        Append(slot);
    }

    /// <summary>What is in a slot; false if it is free.</summary>
    public bool TryGet(int slot, out RefitSample sample)
    {
        ref Slot kept = ref _slots[slot];
        sample = new RefitSample(kept.User, kept.Item, kept.Value, kept.Weight);
        return kept.User != Free;
    }

    /// <summary>The slot of the user's newest event; -1 if there is none.</summary>
    public int NewestOfUser(int user) => _newestOfUser[user] - 1;

    /// <summary>The slot of the same user's event before this one; -1 if there is none.</summary>
    public int OlderOfUser(int slot) => _slots[slot].OlderOfUser - 1;

    /// <summary>The slot of the item's newest event; -1 if there is none.</summary>
    public int NewestOfItem(int item) => _newestOfItem[item] - 1;

    /// <summary>The slot of the same item's event before this one; -1 if there is none.</summary>
    public int OlderOfItem(int slot) => _slots[slot].OlderOfItem - 1;

    /// <summary>Removes the events of a user, whose row is given up.</summary>
    public void RemoveUser(int user)
    {
        while (_newestOfUser[user] > 0) Remove(_newestOfUser[user] - 1);
    }

    /// <summary>Removes the events of an item, whose row is given up.</summary>
    public void RemoveItem(int item)
    {
        while (_newestOfItem[item] > 0) Remove(_newestOfItem[item] - 1);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => writer.WriteLarge(this);

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!_pages.TryFreeze(Used)) return false;
        _frozen = (_met, Used);
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        (long met, int used) = frozen ? _frozen : (_met, Used);
        writer.Write(met);
        writer.Write(used);
        using NativeBuffer<Slot> page = new(_pages.RowsPerPage);
        for (int first = 0; first < used; first += _pages.RowsPerPage)
        {
            int count = Math.Min(_pages.RowsPerPage, used - first);
            _pages.Copy(_column, first, count, frozen, (byte*)page.Pointer);
            if (frozen) _pages.Done(first);
            foreach (ref readonly Slot slot in page.AsSpan(0, count))
            {
                writer.Write(slot.User);
                writer.Write(slot.Item);
                writer.Write(slot.Value);
                writer.Write(slot.Weight);
                writer.Write(slot.Arrival);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => _pages.Release();

    /// <summary>Becomes what was saved, for the users and items that there now are; there may be no events.</summary>
    public void Restore(ref StateReader reader)
    {
        _met = reader.ReadCount();
        Used = reader.ReadLength(_capacity);
        if (Used != Math.Min(_met, _capacity)) throw new StateMismatchException($"The snapshot keeps {Used} events of {_met}; the configuration says {_capacity}.");
        List<(long Arrival, int Slot)> order = [];
        for (int slot = 0; slot < Used; slot++)
        {
            Slot kept = new() { User = reader.Read<int>(), Item = reader.Read<int>(), Value = reader.Read<double>(), Weight = reader.Read<float>(), Arrival = reader.Read<long>() };
            _slots[slot] = kept;
            if (kept is { User: Free, Item: 0, Value: 0, Weight: 0, Arrival: 0 }) continue;
            bool held = kept.User >= 0 && kept.User < _users.Count && _users.Key(kept.User) != 0 && kept.Item >= 0 && kept.Item < _items.Count && _items.Key(kept.Item) != 0;
            if (!held || !(kept.Weight is > 0 and < float.PositiveInfinity) || kept.Arrival < 0 || kept.Arrival >= _met)
                throw new StateMismatchException($"The snapshot keeps event {kept.Arrival} of {_met}: user {kept.User}, item {kept.Item}, weight {kept.Weight}.");
            order.Add((kept.Arrival, slot));
        }

        order.Sort(); // chains are no state: they follow from the order in which events came
        foreach ((_, int slot) in order) Append(slot);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.Dispose();
        _newestOfUser.Dispose();
        _newestOfItem.Dispose();
        _pages.Dispose();
    }

    // The slot of the n-th event; -1 if it is not kept.
    private int Place(long arrival)
    {
        if (arrival < _capacity) return (int)arrival;
        if (_keep == RefitKeep.Window) return (int)(arrival % _capacity);
        CounterRng rng = new(_seed, (ulong)arrival);
        ulong place = rng.NextBelow((ulong)arrival + 1);
        return place < (ulong)_capacity ? (int)place : -1;
    }

    private void Append(int slot)
    {
        ref Slot kept = ref _slots[slot];
        ref int ofUser = ref _newestOfUser[kept.User], ofItem = ref _newestOfItem[kept.Item];
        (kept.OlderOfUser, kept.OlderOfItem, kept.NewerOfUser, kept.NewerOfItem) = (ofUser, ofItem, 0, 0);
        if (ofUser > 0) _slots[ofUser - 1].NewerOfUser = slot + 1;
        if (ofItem > 0) _slots[ofItem - 1].NewerOfItem = slot + 1;
        (ofUser, ofItem) = (slot + 1, slot + 1);
    }

    private void Remove(int slot)
    {
        Slot kept = _slots[slot];
        if (kept.User == Free) return;
        if (kept.OlderOfUser > 0) _slots[kept.OlderOfUser - 1].NewerOfUser = kept.NewerOfUser;
        if (kept.NewerOfUser > 0) _slots[kept.NewerOfUser - 1].OlderOfUser = kept.OlderOfUser;
        else _newestOfUser[kept.User] = kept.OlderOfUser;
        if (kept.OlderOfItem > 0) _slots[kept.OlderOfItem - 1].NewerOfItem = kept.NewerOfItem;
        if (kept.NewerOfItem > 0) _slots[kept.NewerOfItem - 1].OlderOfItem = kept.OlderOfItem;
        else _newestOfItem[kept.Item] = kept.OlderOfItem;
        _pages.Touch(slot);
        _slots[slot] = new Slot { User = Free };
    }

    // Neighbours in the chains: slot + 1; 0: none.
    private struct Slot
    {
        public double Value;
        public long Arrival;
        public int User;
        public int Item;
        public float Weight;
        public int OlderOfUser;
        public int NewerOfUser;
        public int OlderOfItem;
        public int NewerOfItem;
    }
}
