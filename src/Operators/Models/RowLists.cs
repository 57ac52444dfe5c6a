using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// A short list for each entity: up to a fixed number of 32-bit entries, each with a weight where weights are kept. Entries x (4 + 8) + 4 bytes a row,
/// row-major,
/// and committed as rows are used.
/// </summary>
/// <remarks>
/// Three kinds of use, not mixed in one object: lists of what came last (<see cref="PushFront(int, uint)"/>), of what came most (<see cref="Increase"/>), and of what
/// weighs most of either sign (<see cref="Set"/>). O(length) an
/// operation, searched a vector at a time. Touches the rows it changes. State: of each row the count, the entries, the weights.
/// </remarks>
internal sealed unsafe class RowLists : IEntityColumn
{
    private readonly EntityTable _entities;
    private readonly RowPages _pages;
    private readonly int _length;
    private readonly bool _signed;
    private readonly NativeBuffer<int> _counts;
    private readonly NativeBuffer<uint> _entries;
    private readonly NativeBuffer<double>? _weights;
    private readonly MemoryColumn _countColumn;
    private readonly MemoryColumn _entryColumn;
    private readonly MemoryColumn? _weightColumn;

    /// <summary>Lists of these entities.</summary>
    /// <param name="entities">Who has which row.</param>
    /// <param name="length">Most entries of a list.</param>
    /// <param name="weights">Whether each has a weight.</param>
    /// <param name="signed">Whether weights may be negative.</param>
    /// <param name="pages">The pages that the lists are part of; those of the entities by default.</param>
    public RowLists(EntityTable entities, int length, bool weights, bool signed = false, RowPages? pages = null)
    {
        _pages = pages ?? entities.Pages;
        (_entities, _length, _signed) = (entities, length, signed);
        _counts = new NativeBuffer<int>(entities.Capacity);
        _entries = new NativeBuffer<uint>((long)entities.Capacity * length);
        _countColumn = _pages.Add(new MemoryColumn(_counts.Pointer, sizeof(int)));
        _entryColumn = _pages.Add(new MemoryColumn(_entries.Pointer, length * sizeof(uint)));
        if (!weights) return;
        _weights = new NativeBuffer<double>((long)entities.Capacity * length);
        _weightColumn = _pages.Add(new MemoryColumn(_weights.Pointer, length * sizeof(double)));
    }

    /// <inheritdoc/>
    public int RowBytes => BytesOf(_length, _weights is not null);

    /// <summary>Bytes of a row of such lists.</summary>
    public static int BytesOf(int length, bool weights) => sizeof(int) + (length * (sizeof(uint) + (weights ? sizeof(double) : 0)));

    /// <summary>The entries of a row. Valid until it changes.</summary>
    public ReadOnlySpan<uint> Entries(int row) => new(Entry(row), _counts[row]);

    /// <summary>Their weights.</summary>
    public ReadOnlySpan<double> Weights(int row) => new(Weight(row), _counts[row]);

    /// <summary>Puts an entry first: it moves there if it is in the list, and else the last goes if the list is full.</summary>
    public void PushFront(int row, uint entry)
    {
        _pages.Touch(row);
        Span<uint> entries = new(Entry(row), _length);
        int count = _counts[row], place = entries[..count].IndexOf(entry);
        if (place < 0)
        {
            if (count < _length) _counts[row] = ++count;
            place = count - 1;
        }

        entries[..place].CopyTo(entries[1..]);
        entries[0] = entry;
    }

    /// <summary>As <see cref="PushFront(int, uint)"/>, with the weight that the entry now has.</summary>
    public void PushFront(int row, uint entry, double weight)
    {
        int last = Math.Min(_counts[row], _length - 1), place = Entries(row).IndexOf(entry);
        PushFront(row, entry);
        double* weights = Weight(row);
        for (int i = place < 0 ? last : place; i > 0; i--) weights[i] = weights[i - 1];
        weights[0] = weight;
    }

    /// <summary>
    /// Adds to the weight of an entry. One that is not in a full list takes the place of the first of the lightest, and its weight is added to: a weight is
    /// never below the true
    /// one, and above it by at most what the lightest was (Metwally, Agrawal, El Abbadi 2005, "Efficient computation of frequent and top-k elements in data
    /// streams", section 3.1).
    /// </summary>
    public void Increase(int row, uint entry, double weight)
    {
        _pages.Touch(row);
        uint* entries = Entry(row);
        double* weights = Weight(row);
        int count = _counts[row], place = new Span<uint>(entries, count).IndexOf(entry);
        if (place < 0)
        {
            if (count < _length)
            {
                _counts[row] = count + 1;
                place = count;
                weights[place] = 0;
            }
            else
            {
                place = Lightest(weights, count);
            }

            entries[place] = entry;
        }

        weights[place] += weight;
    }

    /// <summary>The weights of a row, which is touched, to be changed until the next call.</summary>
    public Span<double> Change(int row)
    {
        _pages.Touch(row);
        return new Span<double>(Weight(row), _counts[row]);
    }

    /// <summary>The weight of an entry; 0 where it is not in the list.</summary>
    public double WeightOf(int row, uint entry)
    {
        int place = Entries(row).IndexOf(entry);
        return place < 0 ? 0 : Weight(row)[place];
    }

    /// <summary>Gives an entry a weight; at 0 it leaves the list. One that is not in a full list takes the place of the first of the smallest by magnitude.</summary>
    public void Set(int row, uint entry, double weight)
    {
        int count = _counts[row], place = Entries(row).IndexOf(entry);
        if (place < 0 && weight == 0) return;
        _pages.Touch(row);
        if (place < 0)
        {
            if (count < _length) _counts[row] = count + 1;
            place = count < _length ? count : Smallest(Weight(row), count);
        }

        (Entry(row)[place], Weight(row)[place]) = (entry, weight);
        if (weight == 0) RemoveZeros(row);
    }

    /// <summary>Takes the entries of weight 0 out of a list; the others stay in their order. The row was touched.</summary>
    public void RemoveZeros(int row)
    {
        uint* entries = Entry(row);
        double* weights = Weight(row);
        int kept = 0, count = _counts[row];
        for (int i = 0; i < count; i++)
        {
            if (weights[i] == 0) continue;
            (entries[kept], weights[kept]) = (entries[i], weights[i]);
            kept++;
        }

        // Behind the end is nothing, as in a row that never had more.
        new Span<uint>(entries + kept, count - kept).Clear();
        new Span<double>(weights + kept, count - kept).Clear();
        _counts[row] = kept;
    }

    /// <summary>Divides all weights by a power of two. O(rows x length).</summary>
    public void Scale(int shift)
    {
        for (int row = 0; row < _entities.Count; row++)
        {
            _pages.Touch(row);
            double* weights = Weight(row);
            for (int i = 0; i < _counts[row]; i++) weights[i] = Math.ScaleB(weights[i], -shift);
        }
    }

    /// <inheritdoc/>
    public void Clear(int row)
    {
        new Span<uint>(Entry(row), _counts[row]).Clear();
        if (_weights is not null) new Span<double>(Weight(row), _counts[row]).Clear();
        _counts[row] = 0;
    }

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, RowPages pages, int rows, bool frozen)
    {
        using NativeBuffer<int> counts = new(pages.RowsPerPage);
        using NativeBuffer<uint> entries = new((long)pages.RowsPerPage * _length);
        using NativeBuffer<double> weights = new(_weights is null ? 0 : (long)pages.RowsPerPage * _length);
        for (int row = 0; row < rows; row += pages.RowsPerPage)
        {
            int count = Math.Min(pages.RowsPerPage, rows - row);
            pages.Copy(_countColumn, row, count, frozen, (byte*)counts.Pointer);
            pages.Copy(_entryColumn, row, count, frozen, (byte*)entries.Pointer);
            if (_weightColumn is not null) pages.Copy(_weightColumn, row, count, frozen, (byte*)weights.Pointer);
            for (int i = 0; i < count; i++)
            {
                writer.Write(counts[i]);
                writer.WriteRaw<uint>(entries.AsSpan((long)i * _length, counts[i]));
                if (_weightColumn is not null) writer.WriteRaw<double>(weights.AsSpan((long)i * _length, counts[i]));
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            int count = reader.ReadLength(_length);
            reader.ReadRaw(new Span<uint>(Entry(row), count));
            for (int i = 0; _weights is not null && i < count; i++)
            {
                double weight = reader.ReadFinite();
                Weight(row)[i] = weight >= 0 || _signed ? weight : throw new StateMismatchException($"The snapshot has {weight} as a weight.");
            }

            _counts[row] = count;
        }
    }

    /// <summary>Refuses entries that are no arrival number of <paramref name="others"/>; once both were restored.</summary>
    /// <exception cref="StateMismatchException">There is one.</exception>
    public void CheckArrivals(EntityTable others)
    {
        // After an eviction arrival numbers are looked up, and those that nobody has are passed over.
        if (others.Evictions == 0) CheckBelow(others.Count);
    }

    /// <summary>Refuses entries that are no row of a table with so many.</summary>
    /// <exception cref="StateMismatchException">There is one.</exception>
    public void CheckBelow(int count)
    {
        for (int row = 0; row < _entities.Count; row++)
        {
            foreach (uint entry in Entries(row))
            {
                if (entry >= (uint)count) throw new StateMismatchException($"The snapshot has {entry} in a list; {count} are known.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _counts.Dispose();
        _entries.Dispose();
        _weights?.Dispose();
    }

    private static int Lightest(double* weights, int count)
    {
        int place = 0;
        for (int i = 1; i < count; i++)
        {
            if (weights[i] < weights[place]) place = i;
        }

        return place;
    }

    private static int Smallest(double* weights, int count)
    {
        int place = 0;
        for (int i = 1; i < count; i++)
        {
            if (Math.Abs(weights[i]) < Math.Abs(weights[place])) place = i;
        }

        return place;
    }

    private uint* Entry(int row) => _entries.Pointer + ((long)row * _length);

    private double* Weight(int row) => _weights!.Pointer + ((long)row * _length);
}
