using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Draws items that a user has not met: what all learners share that compare with them.</summary>
/// <remarks>O(log items) an item by popularity, O(1) uniformly. One caller at a time. State: where items are drawn by popularity, how often each came.</remarks>
internal sealed class NegativeDraws : IDisposable
{
    /// <summary>How often an item is drawn before the search for one that the user has not met is given up.</summary>
    public const int Attempts = 16;

    private readonly EntityTable _items;
    private readonly ItemWeights? _weights;

    /// <summary>Draws of <paramref name="items"/>.</summary>
    public NegativeDraws(EntityTable items, NegativeSampling sampling, double exponent)
    {
        _items = items;
        if (sampling == NegativeSampling.Popularity) _weights = new ItemWeights(items, exponent);
    }

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(NegativeSampling sampling, int items) => sampling == NegativeSampling.Popularity ? ItemWeights.BytesFor(items) : 0;

    /// <summary>An item that is neither the event's nor met by the user; -1 if none was found.</summary>
    public int Draw(int item, MarkedItems met, ref CounterRng rng)
    {
        if (_weights is { Any: false }) return -1;
        for (int n = 0; n < Attempts; n++)
        {
            int drawn = _weights is null ? (int)rng.NextBelow((ulong)_items.Count) : _weights.Draw(ref rng);
            if (drawn != item && !met.Contains(drawn)) return drawn;
        }

        return -1;
    }

    /// <summary>The item came once more.</summary>
    public void Count(int item) => _weights?.Count(item);

    /// <summary>The row goes to another item, which has not come yet.</summary>
    public void Clear(int item) => _weights?.Clear(item);

    /// <summary>Writes the option that gives the state its shape.</summary>
    public void SaveShape(ref StateWriter writer) => writer.Shape("popularity", _weights is null ? 0 : 1);

    /// <summary>Compares it.</summary>
    public void RestoreShape(ref StateReader reader) => reader.Shape("popularity", _weights is null ? 0 : 1);

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => _weights?.Save(ref writer);

    /// <summary>Becomes what was saved, for the items that there now are.</summary>
    public void Restore(ref StateReader reader) => _weights?.Restore(ref reader);

    /// <inheritdoc/>
    public void Dispose() => _weights?.Dispose();
}
