using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;
using Streaming.Operators.Windows;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// The list that each of a bounded number of users was last shown; beyond that, the user whose visit is longest ago is forgotten and counted.
/// </summary>
/// <remarks>
/// Expected O(1) to find a list. Memory: users x (k + 1) numbers, each row a length and then the items, reserved at once and committed as users come.
/// After <see cref="Dispose"/> nothing may be called. One caller at a time; the lists are saved by another thread where they are many.
/// </remarks>
internal sealed class LastLists : IDisposable
{
    private readonly int _users;
    private readonly int _k;
    private readonly LruIndex _index;
    private readonly NativeBuffer<ulong> _rows;

    /// <summary>Lists that nobody was shown yet.</summary>
    /// <param name="users">Most users, at least 1.</param>
    /// <param name="k">Most items in a list, at least 1.</param>
    public LastLists(int users, int k)
    {
        (_users, _k) = (users, k);
        _index = new LruIndex(users, sizeof(ulong) * (long)k, SaveList);
        _rows = new NativeBuffer<ulong>(users * (k + 1L));
    }

    /// <summary>Users with a list.</summary>
    public int Count => _index.Count;

    /// <summary>Users whose list was given up for another's.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Most bytes for so many users.</summary>
    public static long BytesFor(int users, int k) => LruIndex.BytesFor(users) + (sizeof(ulong) * users * (k + 1L));

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
        writer.WriteLarge(_index);
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
        _index.Dispose();
    }

    private void SaveList(int slot, ref StateWriter writer)
    {
        Span<ulong> row = Row(slot);
        writer.WriteSpan<ulong>(row.Slice(1, (int)row[0]));
    }

    private Span<ulong> Row(int slot) => _rows.AsSpan(slot * (_k + 1L), _k + 1);
}
