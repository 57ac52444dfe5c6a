using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;
using Streaming.Operators.Windows;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// The list that each of a bounded number of users was last shown; beyond that, the user whose visit is longest ago is forgotten and counted.
/// </summary>
/// <remarks>
/// Expected O(1) to find a list. Memory: users x (k + 1) numbers, each row a length and then the items, reserved at once and committed as users come.
/// After <see cref="Dispose"/> nothing may be called. One caller at a time; the lists are saved by another thread where they are many
/// (<see cref="ILargeState"/>).
/// </remarks>
internal sealed class LastLists : ILargeState, ISlotState, IDisposable
{
    private readonly int _users;
    private readonly int _k;
    private readonly FrozenSlots _frozen;
    private readonly LruIndex _index;
    private readonly NativeBuffer<ulong> _rows;
    private (int Count, int Oldest) _frozenOrder;

    /// <summary>Lists that nobody was shown yet.</summary>
    /// <param name="users">Most users, at least 1.</param>
    /// <param name="k">Most items in a list, at least 1.</param>
    public LastLists(int users, int k)
    {
        (_users, _k) = (users, k);
        _frozen = new FrozenSlots(this, users);
        _index = new LruIndex(users, _frozen);
        _rows = new NativeBuffer<ulong>(users * (k + 1L));
    }

    /// <summary>Users with a list.</summary>
    public int Count => _index.Count;

    /// <summary>Users whose list was given up for another's.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Most bytes for so many users.</summary>
    public static long BytesFor(int users, int k) => LruIndex.BytesFor(users) + FrozenSlots.BytesFor(users) + (sizeof(ulong) * users * (k + 1L));

    /// <inheritdoc/>
    public long Bytes => _index.Count * (sizeof(ulong) * (_k + 1L));

    /// <summary>The list of the user's visit before, and then this one in its place. Empty for a user without one; valid until the next call.</summary>
    /// <param name="user">The user, whose visit is now the latest.</param>
    /// <param name="list">At most k items.</param>
    /// <param name="before">Takes the list before; k places.</param>
    public ReadOnlySpan<ulong> Exchange(ulong user, ReadOnlySpan<ulong> list, Span<ulong> before)
    {
        int slot = _index.Touch(user, out bool isNew, out bool evicted);
        if (evicted) Forgotten++;
        Span<ulong> row = Row(slot);
        int length = isNew ? 0 : (int)row[0];
        row.Slice(1, length).CopyTo(before);
        row[0] = (ulong)list.Length;
        list.CopyTo(row[1..]);
        return before[..length];
    }

    /// <summary>Erases the list of a user.</summary>
    public void Forget(ulong user)
    {
        int slot = _index.Free(user);
        if (slot >= 0) Row(slot).Clear();
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Users", _users);
        writer.Shape("K", _k);
        writer.Write(Forgotten);
        writer.WriteLarge(this);
    }

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!_frozen.TryFreeze(_index.Slots)) return false;
        _frozenOrder = (_index.Count, _index.Oldest);
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        (int count, int slot) = frozen ? _frozenOrder : (_index.Count, _index.Oldest);
        writer.Write(count);
        for (; count > 0; count--) slot = _frozen.Write(slot, ref writer, frozen);
    }

    /// <inheritdoc/>
    public void Release() => _frozen.Release();

    int ISlotState.After(int slot) => _index.NewerThan(slot);

    void ISlotState.SaveSlot(int slot, ref StateWriter writer)
    {
        Span<ulong> row = Row(slot);
        writer.Write(_index.KeyOf(slot));
        writer.WriteSpan<ulong>(row.Slice(1, (int)row[0]));
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("Users", _users);
        reader.Shape("K", _k);
        Forgotten = reader.ReadCount();
        _index.Clear();
        for (int n = reader.ReadLength(_users), i = 1; i <= n; i++)
        {
            ulong user = reader.Read<ulong>();
            int slot = _index.Touch(user, out bool isNew, out _);
            if (!isNew) throw new StateMismatchException($"The snapshot has two lists of the user {user:x16}.");
            int length = reader.ReadLength(_k);
            if (length == 0) throw new StateMismatchException($"The snapshot has an empty list of the user {user:x16}.");
            Span<ulong> row = Row(slot), items = row.Slice(1, length);
            row[0] = (ulong)length;
            reader.ReadRaw(items);
            for (int j = 1; j < length; j++)
            {
                if (items[..j].Contains(items[j])) throw new StateMismatchException($"The snapshot has the item {items[j]:x16} twice in a list.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _frozen.Dispose();
    }

    private Span<ulong> Row(int slot) => _rows.AsSpan(slot * (_k + 1L), _k + 1);
}
