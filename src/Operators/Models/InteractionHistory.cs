using System.Runtime.CompilerServices;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Which items each user has met, each once, in the order of the first meeting. Entries lie in runs of 15 in one pool of bounded size, chained for
/// each user; the items of one user at a time are also stamped, by which a ranker skips them.
/// </summary>
/// <remarks>
/// An entry is the item's arrival number, so it says nothing of another item that later got the same row. When the pool is used up, an entry is not kept:
/// it is counted,
/// and the user is marked as truncated. Adding is O(1) for the user of the last call and O(entries of the user) otherwise. One caller at a time.
/// State: by user row, whether truncated and the arrival numbers in order; another thread may write it (<see cref="ILargeState"/>).
/// </remarks>
public sealed unsafe class InteractionHistory : ILargeState, IDisposable
{
    private const int RunLength = 16;
    private const int EntriesPerRun = RunLength - 1;
    private const int RunBytes = RunLength * sizeof(int);

    private readonly EntityTable _items;
    private readonly NativeBuffer<int> _pool;
    private readonly int _runs;
    private readonly NativeBuffer<uint> _stamps;
    private readonly NativeBuffer<UserList> _lists;
    private readonly RowPages _runPages;
    private readonly RowPages _listPages;
    private readonly MemoryColumn _runColumn;
    private readonly MemoryColumn _listColumn;
    private CandidateFilter? _filter;
    private int _savedUsers;
    private int _frozenUsers;
    private uint _epoch = 1;
    private int _marked = -1;
    private int _usedRuns;
    private int _freeRun = -1;

    /// <summary>Histories of users by row.</summary>
    /// <param name="users">Most users.</param>
    /// <param name="items">The items, whose rows and arrival numbers entries speak of.</param>
    /// <param name="entries">Room for entries, given in runs of 15.</param>
    public InteractionHistory(int users, EntityTable items, int entries)
    {
        _items = items;
        _runs = Runs(entries);
        _pool = new NativeBuffer<int>((long)_runs * RunLength);
        _lists = new NativeBuffer<UserList>(users);
        _stamps = new NativeBuffer<uint>(MarkedItems.Padded(items.Capacity));
        _runPages = new RowPages(_runs, RunBytes);
        _listPages = new RowPages(users, sizeof(UserList));
        _runColumn = _runPages.Add(new MemoryColumn(_pool.Pointer, RunBytes));
        _listColumn = _listPages.Add(new MemoryColumn(_lists.Pointer, sizeof(UserList)));
    }

    /// <summary>Entries that were not kept.</summary>
    public long Truncations { get; private set; }

    /// <summary>Most bytes of histories of this shape.</summary>
    public static long BytesFor(int users, int items, int entries) =>
        (Runs(entries) * (long)RunBytes) + (users * (long)Unsafe.SizeOf<UserList>()) + (sizeof(uint) * (long)items) + CandidateFilter.BytesFor(items)
        + RowPages.BytesFor(Runs(entries), RunBytes) + RowPages.BytesFor(users, Unsafe.SizeOf<UserList>());

    /// <inheritdoc/>
    public long Bytes => ((long)_usedRuns * RunBytes) + (5L * _savedUsers);

    /// <summary>Whether something of this user's history was dropped.</summary>
    public bool IsTruncated(int user) => _lists[user].Truncated;

    /// <summary>Entries of this user.</summary>
    public int CountOf(int user) => _lists[user].Count;

    /// <summary>Starts the history of the user who now has <paramref name="user"/> as its row.</summary>
    /// <param name="user">The row.</param>
    /// <param name="truncated">Whether the user may have had a history before that is gone.</param>
    public void Start(int user, bool truncated)
    {
        if (_marked == user) Unmark();
        _listPages.Touch(user);
        ref UserList list = ref _lists[user];
        if (list.Count > 0)
        {
            _runPages.Touch(list.Last);
            _pool[list.Last * RunLength] = _freeRun;
            _freeRun = list.First;
        }

        list = new UserList { Truncated = truncated };
    }

    /// <summary>Erases the history of a user, whose row is given up. O(entries of the user).</summary>
    public void Forget(int user)
    {
        int run = _lists[user].First;
        for (int left = _lists[user].Count; left > 0; left -= EntriesPerRun)
        {
            _runPages.Touch(run);
            _pool.AsSpan((run * RunLength) + 1, EntriesPerRun).Clear();
            run = _pool[run * RunLength];
        }

        Start(user, truncated: false);
    }

    /// <summary>An item lost its row to another: the stamps no longer speak of it.</summary>
    public void Replaced(int item)
    {
        _stamps[item] = 0;
        _filter?.Replaced(item);
    }

    /// <summary>Has <see cref="Excluded"/> say which items may not be offered, too. Before any item comes.</summary>
    /// <param name="catalogue">When items are offered; nothing is withheld where it has no lives.</param>
    /// <param name="hasBuckets">Whether some rows are buckets (<see cref="RowAdmission"/>), which are never offered.</param>
    /// <param name="changed">Called by <see cref="Excluded"/> and <see cref="Replaced"/> with a row that has begun (true) or ceased to be withheld; null for nobody.</param>
    public void Withhold(ItemCatalogue catalogue, bool hasBuckets = false, Action<int, bool>? changed = null)
    {
        if (catalogue.HasLives || hasBuckets) _filter = new CandidateFilter(catalogue, _items) { Changed = changed };
    }

    /// <summary>Whether any item may ever be withheld.</summary>
    public bool Withholds => _filter is not null;

    /// <summary>Whether an item is withheld at the time that <see cref="Excluded"/> was last asked for.</summary>
    public bool IsWithheld(int item) => _filter is not null && _filter.IsWithheld(item);

    /// <summary>Adds an item to a user's history, unless it is there or there is no room.</summary>
    public void Add(int user, int item)
    {
        Mark(user);
        ref uint stamp = ref _stamps[item];
        if (stamp == _epoch) return;
        _listPages.Touch(user);
        if (Append(ref _lists[user], (int)_items.Sequence(item))) stamp = _epoch;
        else Truncations++;
    }

    /// <summary>The items of <paramref name="user"/> that are still held. Valid until the next call.</summary>
    public MarkedItems Mark(int user)
    {
        if (_marked != user)
        {
            Unmark();
            Stamp(user);
            _marked = user;
        }

        return new MarkedItems(Stamps, _epoch);
    }

    /// <summary>
    /// The items that are no candidates for <paramref name="user"/> at a time: those met that are still held, and those that may not be offered then. Valid until the next call. This is what every ranker passes over.
    /// </summary>
    public MarkedItems Excluded(int user, long time)
    {
        if (_filter is null) return Mark(user);
        _filter.MoveTo(time);
        Mark(user);
        return new MarkedItems(Stamps, _epoch, _filter.Withheld);
    }

    /// <summary>How many items <see cref="Excluded"/>, last asked for this user, leaves out. O(the user's items) where any item may be withheld.</summary>
    public int ExcludedCount(int user)
    {
        int count = CountOf(user);
        if (_filter is null) return count;
        foreach (int item in Of(user))
        {
            if (_filter.IsWithheld(item)) count--;
        }

        return count + _filter.Count;
    }

    /// <summary>The rows of the items that <paramref name="user"/> met and that are still held, in the order of the first meeting.</summary>
    public Enumerator Of(int user) => new(this, _lists[user].First, _lists[user].Count);

    /// <summary>Writes the state of this many users.</summary>
    public void Save(ref StateWriter writer, int users)
    {
        writer.Write(Truncations);
        _savedUsers = users;
        writer.WriteLarge(this);
    }

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        // Both or none: they are released together.
        if (!_listPages.TryFreeze(_savedUsers)) return false;
        _runPages.TryFreeze(_usedRuns);
        _frozenUsers = _savedUsers;
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        int users = frozen ? _frozenUsers : _savedUsers;
        using NativeBuffer<UserList> lists = new(_listPages.RowsPerPage);
        int* run = stackalloc int[RunLength];
        for (int user = 0; user < users; user++)
        {
            int place = user % _listPages.RowsPerPage;
            if (place == 0) _listPages.Copy(_listColumn, user, Math.Min(_listPages.RowsPerPage, users - user), frozen, (byte*)lists.Pointer);
            UserList list = lists[place];
            writer.Write(list.Truncated);
            writer.Write(list.Count);
            run[0] = list.First;
            for (int left = list.Count; left > 0; left -= EntriesPerRun)
            {
                _runPages.Copy(_runColumn, run[0], 1, frozen, (byte*)run);
                writer.WriteRaw<int>(new Span<int>(run + 1, Math.Min(left, EntriesPerRun)));
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release()
    {
        _runPages.Release();
        _listPages.Release();
    }

    /// <summary>Becomes what was saved, for this many users; the histories must be empty.</summary>
    public void Restore(ref StateReader reader, int users)
    {
        Truncations = reader.ReadCount();
        for (int user = 0; user < users; user++)
        {
            Start(user, reader.ReadBool());
            Mark(user);
            ref UserList list = ref _lists[user];
            int count = reader.ReadLength(int.MaxValue);
            for (int i = 0; i < count; i++)
            {
                int sequence = reader.Read<int>();
                if (_items.Evictions == 0 && (uint)sequence >= (uint)_items.Count) throw new StateMismatchException($"The snapshot has item {sequence} in a history; {_items.Count} items are known.");
                int item = _items.RowOfSequence((uint)sequence);
                if (item >= 0 && _stamps[item] == _epoch) throw new StateMismatchException($"The snapshot has item {sequence} twice in a history.");
                if (item >= 0) _stamps[item] = _epoch;
                if (!Append(ref list, sequence)) throw new StateMismatchException($"The snapshot has more history entries than fit into {_runs} runs of {EntriesPerRun}.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _lists.Dispose();
        _stamps.Dispose();
        _runPages.Dispose();
        _listPages.Dispose();
    }

    // Those of the items there are, up to a whole block.
    private Span<uint> Stamps => _stamps.AsSpan(0, MarkedItems.Padded(_items.Count));

    private static int Runs(int entries) => (int)(((long)entries + EntriesPerRun - 1) / EntriesPerRun);

    private bool Append(ref UserList list, int sequence)
    {
        int place = list.Count % EntriesPerRun;
        if (place == 0)
        {
            int run = TakeRun();
            if (run < 0)
            {
                list.Truncated = true;
                return false;
            }

            if (list.Count == 0)
            {
                list.First = run;
            }
            else
            {
                _runPages.Touch(list.Last);
                _pool[list.Last * RunLength] = run;
            }

            list.Last = run;
        }

        _runPages.Touch(list.Last);
        _pool[(list.Last * RunLength) + 1 + place] = sequence;
        list.Count++;
        return true;
    }

    private int TakeRun()
    {
        if (_freeRun < 0) return _usedRuns < _runs ? _usedRuns++ : -1;
        int run = _freeRun;
        _freeRun = _pool[run * RunLength];
        return run;
    }

    private void Stamp(int user)
    {
        uint* stamps = _stamps.Pointer;
        uint epoch = _epoch;
        if (_items.Evictions > 0)
        {
            foreach (int item in Of(user)) stamps[item] = epoch;
            return;
        }

        // Arrival numbers are rows, and nothing need be looked up.
        UserList list = _lists[user];
        int* pool = _pool.Pointer;
        int run = list.First;
        for (int left = list.Count; left > 0; left -= EntriesPerRun)
        {
            int* entries = pool + (run * RunLength);
            for (int i = Math.Min(left, EntriesPerRun); i > 0; i--) stamps[entries[i]] = epoch;
            run = entries[0];
        }
    }

    // A new epoch takes all marks away at once.
    private void Unmark()
    {
        _marked = -1;
        if (++_epoch != 0) return;
        Stamps.Clear();
        _epoch = 1;
    }

    private struct UserList
    {
        public int First;
        public int Last;
        public int Count;
        public bool Truncated;
    }

    /// <summary>Walks one user's history.</summary>
    public ref struct Enumerator
    {
        private readonly InteractionHistory _history;
        private int _run;
        private int _place;
        private int _left;

        internal Enumerator(InteractionHistory history, int run, int count) => (_history, _run, _left) = (history, run, count);

        /// <summary>Row of the item.</summary>
        public int Current { get; private set; }

        /// <summary>This, for <c>foreach</c>.</summary>
        public readonly Enumerator GetEnumerator() => this;

        /// <summary>Goes to the next item still held; false at the end.</summary>
        public bool MoveNext()
        {
            while (_left > 0)
            {
                if (_place == EntriesPerRun)
                {
                    _run = _history._pool[_run * RunLength];
                    _place = 0;
                }

                Current = _history._items.RowOfSequence((uint)_history._pool[(_run * RunLength) + 1 + _place]);
                _place++;
                _left--;
                if (Current >= 0) return true;
            }

            return false;
        }
    }
}
