using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>A recommender that says which items it ranks for a user.</summary>
internal interface ICandidates
{
    /// <summary>The items that the example's is ranked among, by protocol P; its rank must be one that counts (neither cold nor unknown). Valid until the next call of the model.</summary>
    CandidateItems Candidates(in Example example);
}

/// <summary>The items that an item is ranked among for a user: those the user has not met, and the item itself.</summary>
internal readonly ref struct CandidateItems
{
    private const int Attempts = 16;

    private readonly EntityTable _items;
    private readonly MarkedItems _met;
    private readonly int _own;

    /// <summary>The candidates where <paramref name="own"/> is the row of the item and the user has met so many.</summary>
    public CandidateItems(EntityTable items, MarkedItems met, int metCount, int own)
    {
        _items = items;
        _met = met;
        _own = own;
        Count = items.Count - metCount + (met.Contains(own) ? 1 : 0);
    }

    /// <summary>Number of candidates, the item included.</summary>
    public int Count { get; }

    /// <summary>
    /// Draws one of the others, all equally likely; there must be one. Expected O(items / candidates) up to 16, where that fails O(items).
    /// </summary>
    public ulong Draw(ref CounterRng rng)
    {
        for (int n = 0; n < Attempts; n++)
        {
            int row = (int)rng.NextBelow((ulong)_items.Count);
            if (IsOther(row)) return _items.Key(row);
        }

        int place = (int)rng.NextBelow((ulong)Count - 1), found = 0;
        while (!IsOther(found) || place-- > 0) found++;
        return _items.Key(found);
    }

    private bool IsOther(int row) => row != _own && !_met.Contains(row);
}
