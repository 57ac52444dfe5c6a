using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Draws item rows with a probability proportional to a power of how often each came: a tree of partial sums (Fenwick 1994, "A new data structure for
/// cumulative frequency tables") over the rows.
/// </summary>
/// <remarks>
/// A weight is times^exponent, rounded to 1/1,024: sums are whole numbers, so that they never drift and follow from the times alone. O(log items) a time counted
/// and a draw; 12 bytes an item. One caller at a time. State: the times by row; beyond 2^31 - 1 they stay.
/// </remarks>
internal sealed class ItemWeights : IDisposable
{
    private const double Unit = 1024;

    private readonly EntityTable _items;
    private readonly RowValues<int> _times;
    private readonly NativeBuffer<long> _sums;
    private readonly double _exponent;
    private readonly int _highest;
    private long _total;

    /// <summary>Weights of none of <paramref name="items"/>.</summary>
    public ItemWeights(EntityTable items, double exponent)
    {
        (_items, _exponent) = (items, exponent);
        (_times, _sums) = (new RowValues<int>(items), new NativeBuffer<long>(items.Capacity + 1L));
        _highest = 1 << System.Numerics.BitOperations.Log2((uint)items.Capacity);
    }

    /// <summary>Whether any item came.</summary>
    public bool Any => _total > 0;

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(int items) => RowValues<int>.BytesFor(items) + (sizeof(long) * (items + 1L));

    /// <summary>The item came once more.</summary>
    public void Count(int row)
    {
        int times = _times[row];
        if (times == int.MaxValue) return;
        _times[row] = times + 1;
        Add(row, Weight(times + 1) - Weight(times));
    }

    /// <summary>The row goes to another item, which has not come yet.</summary>
    public void Clear(int row)
    {
        Add(row, -Weight(_times[row]));
        _times[row] = 0;
    }

    /// <summary>A row, by weight. There must be <see cref="Any"/>.</summary>
    public int Draw(ref CounterRng rng)
    {
        long left = (long)rng.NextBelow((ulong)_total);
        int place = 0;
        for (int step = _highest; step > 0; step >>= 1)
        {
            if (place + step > _items.Capacity || _sums[place + step] > left) continue;
            place += step;
            left -= _sums[place];
        }

        return place; // as many rows as sum up to no more than what was drawn: the next one it is, counted from 0
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => _times.Save(ref writer);

    /// <summary>Becomes what was saved, for the items that there now are; nothing may have been counted.</summary>
    public void Restore(ref StateReader reader)
    {
        _times.Restore(ref reader);
        for (int row = 0; row < _items.Count; row++)
        {
            if (_times[row] < 0) throw new StateMismatchException($"The snapshot has an item that came {_times[row]} times.");
            Add(row, Weight(_times[row]));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _times.Dispose();
        _sums.Dispose();
    }

    private long Weight(int times) => times == 0 ? 0 : (long)((Unit * PortableMath.Pow(times, _exponent)) + 0.5);

    private void Add(int row, long difference)
    {
        _total += difference;
        for (int place = row + 1; place <= _items.Capacity; place += place & -place) _sums[place] += difference;
    }
}
