using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Item rows in the order in which they were last seen, least recently first: a list linked both ways through the rows.</summary>
/// <remarks>
/// O(1) a use, 16 bytes an item. One caller at a time. State: how often anything was seen, and by row when it was last (1 is the first time); the list follows
/// from that.
/// </remarks>
internal sealed class RecencyOrder : IDisposable
{
    private readonly EntityTable _items;
    private readonly RowValues<long> _seen;
    private readonly NativeBuffer<int> _next; // row + 1; 0: none
    private readonly NativeBuffer<int> _previous;
    private long _clock;
    private int _oldest;
    private int _newest;

    /// <summary>An order of none of <paramref name="items"/>.</summary>
    public RecencyOrder(EntityTable items)
    {
        _items = items;
        (_seen, _next, _previous) = (new RowValues<long>(items), new NativeBuffer<int>(items.Capacity), new NativeBuffer<int>(items.Capacity));
    }

    /// <summary>The row seen least recently; -1 if there is none.</summary>
    public int Oldest => _oldest - 1;

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(int items) => RowValues<long>.BytesFor(items) + (2L * sizeof(int) * items);

    /// <summary>The row seen next after <paramref name="row"/>; -1 for the newest.</summary>
    public int After(int row) => _next[row] - 1;

    /// <summary>The row is seen now: it becomes the newest.</summary>
    public void Seen(int row)
    {
        if (_seen[row] != 0) Unlink(row);
        _seen[row] = ++_clock;
        Append(row);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(_clock);
        _seen.Save(ref writer);
    }

    /// <summary>Becomes what was saved, for the items that there now are; the order must be empty.</summary>
    public void Restore(ref StateReader reader)
    {
        _clock = reader.ReadCount();
        _seen.Restore(ref reader);
        long[] times = new long[_items.Count];
        int[] rows = new int[times.Length];
        for (int row = 0; row < rows.Length; row++) (times[row], rows[row]) = (_seen[row], row);
        Array.Sort(times, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            if (times[i] < 1 || times[i] > _clock || (i > 0 && times[i] == times[i - 1])) throw new StateMismatchException($"The snapshot has an item last seen at {times[i]} of {_clock}, or two at once.");
            Append(rows[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _seen.Dispose();
        _next.Dispose();
        _previous.Dispose();
    }

    private void Append(int row)
    {
        (_next[row], _previous[row]) = (0, _newest);
        if (_newest == 0) _oldest = row + 1;
        else _next[_newest - 1] = row + 1;
        _newest = row + 1;
    }

    private void Unlink(int row)
    {
        int next = _next[row], previous = _previous[row];
        if (previous == 0) _oldest = next;
        else _next[previous - 1] = next;
        if (next == 0) _newest = previous;
        else _previous[next - 1] = previous;
    }
}
