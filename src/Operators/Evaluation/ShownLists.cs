using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>The last lists, as rows of items, and how often each item is in them.</summary>
/// <remarks>O(k) a list. Memory: lists x (4 k + 1) bytes and 4 an item, committed as they come. One caller at a time. State: the lists, by place in the ring.</remarks>
internal sealed class ShownLists : IDisposable
{
    private readonly int _k;
    private readonly int _lists;
    private readonly NativeBuffer<int> _rows;
    private readonly NativeBuffer<byte> _lengths;
    private readonly NativeBuffer<int> _times;
    private int _next;
    private int _count;

    /// <summary>No lists.</summary>
    /// <param name="lists">Most lists, at least 1.</param>
    /// <param name="k">Most items in a list, at most 100.</param>
    /// <param name="items">Number of rows that items can have.</param>
    public ShownLists(int lists, int k, int items)
    {
        (_lists, _k) = (lists, k);
        _rows = new NativeBuffer<int>((long)lists * k);
        _lengths = new NativeBuffer<byte>(lists);
        _times = new NativeBuffer<int>(items);
    }

    /// <summary>Different items in the lists.</summary>
    public int Distinct { get; private set; }

    /// <summary>Most bytes of this shape.</summary>
    public static long BytesFor(int lists, int k, int items) => (lists * ((sizeof(int) * (long)k) + 1)) + (sizeof(int) * (long)items);

    /// <summary>How many of the lists the item of this row is in.</summary>
    public int Times(int row) => _times[row];

    /// <summary>Takes a list of different items; the oldest goes where all places are taken.</summary>
    public void Add(ReadOnlySpan<int> list)
    {
        if (_count == _lists)
        {
            foreach (int row in Rows(_next)) Leave(row);
        }
        else
        {
            _count++;
        }

        _lengths[_next] = (byte)list.Length;
        list.CopyTo(Rows(_next));
        foreach (int row in list) Enter(row);
        _next = _next + 1 == _lists ? 0 : _next + 1;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("window", _lists);
        writer.Write(_next);
        writer.Write(_count);
        for (int i = 0; i < _count; i++) writer.WriteSpan<int>(Rows(i));
    }

    /// <summary>Becomes what was saved, of items with so many rows; there must be no lists yet.</summary>
    public void Restore(ref StateReader reader, int items)
    {
        reader.Shape("window", _lists);
        _next = reader.ReadLength(_lists - 1);
        _count = reader.ReadLength(_lists);
        if (_count < _lists && _next != _count) throw new StateMismatchException($"The snapshot of a window of {_lists} has {_count} lists and goes on at {_next}.");
        for (int i = 0; i < _count; i++)
        {
            int length = reader.ReadLength(_k);
            _lengths[i] = (byte)length;
            Span<int> rows = Rows(i);
            reader.ReadRaw(rows);
            for (int j = 0; j < length; j++)
            {
                if ((uint)rows[j] >= (uint)items || rows[..j].Contains(rows[j])) throw new StateMismatchException($"The snapshot has the item {rows[j]} of {items} in a list, or twice.");
                Enter(rows[j]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _lengths.Dispose();
        _times.Dispose();
    }

    private Span<int> Rows(int place) => _rows.AsSpan((long)place * _k, _lengths[place]);

    private void Enter(int row)
    {
        if (_times[row]++ == 0) Distinct++;
    }

    private void Leave(int row)
    {
        if (--_times[row] == 0) Distinct--;
    }
}
