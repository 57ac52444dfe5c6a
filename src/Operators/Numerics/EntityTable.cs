using System.Runtime.CompilerServices;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>How an entity came to its row.</summary>
public enum Admission
{
    /// <summary>It had the row already.</summary>
    Known,

    /// <summary>It got a row that nobody had.</summary>
    Added,

    /// <summary>It got the row of another entity, which was evicted.</summary>
    Replaced,
}

/// <summary>
/// Gives entities rows, 0, 1, 2, ... in the order in which they first come, up to a capacity. When all are taken, a newcomer gets the row of one that
/// was not used lately (CLOCK, or second chance: Corbato 1968, "A paging experiment with the Multics system"): a hand goes around the rows, passes
/// by once each row used since it last came, and takes the first that was not, or the next after 64 that were. By age (<see cref="Eviction"/>) it takes each row in its turn, which is the order of arrival as long as no row is freed. A row that is freed (<see cref="Free"/>) goes to the next newcomer, the lowest first.
/// </summary>
/// <remarks>
/// Deterministic: the same keys in the same order give the same rows and evictions. Memory is reserved for the capacity and committed as entities come.
/// Expected O(1) amortized, and never O(entities): neither growing nor the first eviction stops for all rows. After <see cref="Dispose"/> nothing may be called. One caller at a time; the state is written by another thread where
/// <see cref="RowPages"/> are frozen, which <see cref="FindOrAdd"/> touches for all columns of the row, those of the owner too.
/// State, in this order: number of rows, evictions, the hand, keys by row (0: free), used marks by row, and (after evictions, where they are asked for) arrival numbers by row.
/// </remarks>
public sealed class EntityTable : ILargeState, IDisposable
{
    private const int OwnRowBytes = sizeof(ulong) + sizeof(byte);
    private const int NumberBytes = sizeof(uint);
    private const int MostPassed = 64;

    private readonly EntityIndex _index = new();
    private readonly PriorityQueue<int, int> _free = new();
    private EntityIndex? _bySequence;
    private readonly NativeBuffer<ulong> _keys;
    private readonly NativeBuffer<byte> _used;
    private NativeBuffer<uint>? _sequence; // by row: its arrival number xor the row, so that the memory of rows that nobody was evicted from need not be written
    private readonly MemoryColumn _keyColumn;
    private readonly MemoryColumn _usedColumn;
    private readonly SequenceColumn? _sequenceColumn;
    private uint _arrivals;
    private int _hand;
    private Head _frozen;

    /// <summary>A table for at most <paramref name="capacity"/> entities, at least 1.</summary>
    public EntityTable(int capacity)
        : this(capacity, 0)
    {
    }

    /// <summary>A table whose owner adds columns of so many bytes a row to <see cref="Pages"/>.</summary>
    /// <param name="capacity">Most entities held.</param>
    /// <param name="ownersRowBytes">Bytes of a row in the owner's columns.</param>
    /// <param name="numbersArrivals">Whether anybody asks for arrival numbers.</param>
    internal unsafe EntityTable(int capacity, int ownersRowBytes, bool numbersArrivals = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _keys = new NativeBuffer<ulong>(capacity);
        _used = new NativeBuffer<byte>(capacity);
        Pages = new RowPages(capacity, RowBytes(numbersArrivals) + ownersRowBytes);
        _keyColumn = Pages.Add(new MemoryColumn(_keys.Pointer, sizeof(ulong)));
        _usedColumn = Pages.Add(new MemoryColumn(_used.Pointer, sizeof(byte)));
        if (numbersArrivals) _sequenceColumn = Pages.Add(new SequenceColumn());
    }

    /// <summary>Most entities held.</summary>
    public int Capacity { get; }

    /// <summary>Who goes when all rows are taken; to be set before any entity comes.</summary>
    public EvictionRule Eviction { get; set; }

    /// <summary>Rows in use or freed: those of the entities held are among 0 to this number - 1.</summary>
    public int Count { get; private set; }

    /// <summary>Rows that <see cref="Write"/> writes, and an owner of columns after it: <see cref="Count"/>, as it is or as it was frozen.</summary>
    internal int Rows(bool frozen) => frozen ? _frozen.Count : Count;

    /// <summary>Entities held: <see cref="Count"/> less the rows that were freed and not given out again.</summary>
    public int Held => Count - _free.Count;

    /// <summary>Entities that lost their row to another.</summary>
    public long Evictions { get; private set; }

    /// <inheritdoc/>
    public long Bytes => (long)Count * RowBytes(_sequenceColumn is not null);

    /// <summary>The pages that rows lie in.</summary>
    internal RowPages Pages { get; }

    /// <summary>Most bytes of a table of this capacity: both indexes, and the rows' 13 bytes each.</summary>
    public static long BytesFor(int capacity) => BytesFor(capacity, 0);

    /// <summary>The same, with what pages take where the owner's columns have so many bytes a row; not those columns. Without arrival numbers one index, and 9 bytes a row.</summary>
    internal static long BytesFor(int capacity, int ownersRowBytes, bool numbersArrivals = true) =>
        ((numbersArrivals ? 2 : 1) * EntityIndex.BytesFor(capacity)) + ((long)RowBytes(numbersArrivals) * capacity) + RowPages.BytesFor(capacity, RowBytes(numbersArrivals) + ownersRowBytes);

    /// <summary>The row of <paramref name="key"/>; -1 if it has none. Does not count as use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key) => _index.Find(key);

    /// <summary>The key of the entity that has <paramref name="row"/>; 0 for a row that was freed.</summary>
    public ulong Key(int row) => _keys[row];

    /// <summary>
    /// Arrival number of the entity that has <paramref name="row"/>: smaller came first, unless the row was freed before. It is the row itself while
    /// <see cref="Evictions"/> is 0, and always in a table that does not number arrivals. Begins anew after 2^32 arrivals; no two entities held have the same.
    /// </summary>
    public uint Sequence(int row) => _sequence is null ? (uint)row : _sequence[row] ^ (uint)row;

    /// <summary>The row of the entity with this arrival number; -1 if it was evicted.</summary>
    public int RowOfSequence(uint sequence)
    {
        if (_bySequence is null) return (int)sequence;
        int row = _bySequence.Find(sequence + 1UL);
        return row >= 0 || sequence >= (uint)Count || _sequence![(int)sequence] != 0 || _keys[(int)sequence] == 0 ? row : (int)sequence;
    }

    /// <summary>The row of <paramref name="key"/>, which is given one if it has none; marks it as used. The caller may change it until the next call.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> is 0.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindOrAdd(ulong key, out Admission admission)
    {
        int row = _index.Find(key);
        if (row < 0) return Admit(key, out admission);
        Pages.Touch(row);
        _used[row] = 1;
        admission = Admission.Known;
        return row;
    }

    /// <summary>
    /// Takes the row of <paramref name="key"/> away, with all that the table has of it; -1 if it has none. The caller may change the row, to erase its own columns,
    /// until the next call. O(log of the rows freed); 8 bytes for each until it is given out again.
    /// </summary>
    public int Free(ulong key)
    {
        int row = _index.Find(key);
        if (row < 0) return -1;
        Pages.Touch(row);
        _index.Remove(key);
        (_keys[row], _used[row]) = (0, 0);
        if (_sequence is not null)
        {
            _bySequence!.Remove(Sequence(row) + 1UL);
            _sequence[row] = (uint)row;
        }

        _free.Enqueue(row, row);
        return row;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        _bySequence?.Dispose();
        _keys.Dispose();
        _used.Dispose();
        _sequence?.Dispose();
        Pages.Dispose();
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => writer.WriteLarge(this);

    /// <inheritdoc/>
    public bool TryFreeze()
    {
        if (!Pages.TryFreeze(Count)) return false;
        _frozen = Now;
        return true;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        Head head = frozen ? _frozen : Now;
        writer.Write(head.Count);
        writer.Write(head.Evictions);
        writer.Write(head.Arrivals);
        writer.Write(head.Hand);
        Pages.Write(ref writer, _keyColumn, head.Count, frozen);
        Pages.Write(ref writer, _usedColumn, head.Count, frozen);
        if (head.Evictions > 0 && _sequenceColumn is not null) Pages.Write(ref writer, _sequenceColumn, head.Count, frozen);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => Pages.Release();

    /// <summary>Becomes what was saved; the table must be empty.</summary>
    /// <param name="reader">Reads the state.</param>
    /// <param name="frees">Whether rows of this table are ever freed.</param>
    /// <param name="hasNumbers">Whether arrival numbers were written, used or not.</param>
    public void Restore(ref StateReader reader, bool frees = false, bool hasNumbers = true)
    {
        if (Count > 0) throw new InvalidOperationException($"A table that holds {Count} entities cannot be restored.");
        int count = reader.ReadLength(Capacity);
        Evictions = reader.ReadCount();
        _arrivals = reader.Read<uint>();
        if (Evictions == 0 && (frees ? _arrivals < count : _arrivals != count)) throw new StateMismatchException($"The snapshot has {count} entities of {_arrivals} that came.");
        _hand = reader.ReadLength(Math.Max(0, count - 1));
        reader.ReadRaw<ulong>(_keys.AsSpan(0, count));
        reader.ReadRaw<byte>(_used.AsSpan(0, count));
        if (Evictions > 0 && hasNumbers && _sequenceColumn is null)
        {
            for (int row = 0; row < count; row++) reader.Read<uint>();
        }
        else if (Evictions > 0 && hasNumbers)
        {
            StartSequence();
            Span<uint> sequence = _sequence!.AsSpan(0, count);
            reader.ReadRaw(sequence);
            for (int row = 0; row < count; row++) sequence[row] ^= (uint)row;
        }

        Count = count;
        for (int row = 0; row < count; row++)
        {
            if (_keys[row] == 0 && frees)
            {
                _free.Enqueue(row, row);
                continue;
            }

            if (_keys[row] == 0 || _index.Find(_keys[row]) >= 0) throw new StateMismatchException($"The snapshot has the key {_keys[row]:x} twice, or none, at row {row}.");
            _index.Add(_keys[row], row);
            if (_sequence is null) continue;
            int holder = RowOfSequence(Sequence(row));
            if (holder >= 0 && holder != row) throw new StateMismatchException($"The snapshot has the arrival number {Sequence(row)} twice.");
            if (Sequence(row) != row) _bySequence!.Add(Sequence(row) + 1UL, row);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Admit(ulong key, out Admission admission)
    {
        if (key == 0) throw new ArgumentException("0 is the key of no entity.", nameof(key));
        int row = Count;
        if (_free.Count > 0)
        {
            admission = Admission.Added;
            row = _free.Dequeue();
        }
        else if (row < Capacity)
        {
            admission = Admission.Added;
            Count++;
        }
        else
        {
            admission = Admission.Replaced;
            row = Evict();
        }

        Pages.Touch(row);
        _keys[row] = key;
        _used[row] = 1;
        _index.Add(key, row);
        if (_sequence is not null)
        {
            // After 2^32 arrivals numbers come again: those that are still held are passed over.
            while (RowOfSequence(_arrivals) >= 0) _arrivals++;
            _sequence[row] = _arrivals ^ (uint)row;
            if (_arrivals != row) _bySequence!.Add(_arrivals + 1UL, row);
        }

        _arrivals++;
        return row;
    }

    private int Evict()
    {
        if (_sequenceColumn is not null && _sequence is null) StartSequence();
        for (int passed = 0; Eviction == EvictionRule.Recency && _used[_hand] != 0 && passed < MostPassed; passed++)
        {
            Pages.Touch(_hand);
            _used[_hand] = 0;
            _hand = _hand + 1 == Capacity ? 0 : _hand + 1;
        }

        int row = _hand;
        _hand = row + 1 == Capacity ? 0 : row + 1;
        _index.Remove(_keys[row]);
        _bySequence?.Remove(Sequence(row) + 1UL);
        Evictions++;
        return row;
    }

    private static int RowBytes(bool numbersArrivals) => OwnRowBytes + (numbersArrivals ? NumberBytes : 0);

    private Head Now => new(Count, Evictions, _arrivals, _hand);

    private unsafe void StartSequence()
    {
        // What is frozen now has no arrival numbers: they are written without a look at its pages.
        _sequence = new NativeBuffer<uint>(Capacity);
        _sequenceColumn!.Place(_sequence.Pointer);
        _bySequence = new EntityIndex();
    }

    private readonly record struct Head(int Count, long Evictions, uint Arrivals, int Hand);

    /// <summary>The arrival numbers, as they are written: not as they lie in memory.</summary>
    private sealed unsafe class SequenceColumn() : PageColumn(sizeof(uint))
    {
        private uint* _first;

        public void Place(uint* first) => _first = first;

        public override void Copy(int row, int count, byte* to)
        {
            if (_first == null) return;
            for (int i = 0; i < count; i++) ((uint*)to)[i] = _first[row + i] ^ (uint)(row + i);
        }
    }
}
