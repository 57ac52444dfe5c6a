using Streaming.Abstractions.Learning;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>The best of the items offered, best first, ties by arrival: an insertion sort into the caller's span. O(length) an item that gets in.</summary>
internal ref struct TopItems(Span<ScoredItem> items, EntityTable entities)
{
    private readonly Span<ScoredItem> _items = items;

    /// <summary>Items held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether only an item that beats another gets in.</summary>
    public readonly bool IsFull => Count == _items.Length;

    /// <summary>Score of the last item held.</summary>
    public readonly double Worst => _items[Count - 1].Score;

    /// <summary>Offers the item that has <paramref name="row"/>; says whether it got in.</summary>
    public bool Offer(int row, double score)
    {
        if (IsFull && !IsBetter(row, score, _items[Count - 1])) return false;
        int place = IsFull ? Count - 1 : Count++;
        for (; place > 0 && IsBetter(row, score, _items[place - 1]); place--) _items[place] = _items[place - 1];
        _items[place] = new ScoredItem(entities.Key(row), score);
        return true;
    }

    /// <summary>Offers an item that has no row, after all those that have one; ties go to what was offered before.</summary>
    public void OfferUnseen(ulong item, double score)
    {
        if (IsFull && !(score > Worst)) return;
        int place = IsFull ? Count - 1 : Count++;
        for (; place > 0 && score > _items[place - 1].Score; place--) _items[place] = _items[place - 1];
        _items[place] = new ScoredItem(item, score);
    }

    private readonly bool IsBetter(int row, double score, ScoredItem other) =>
        score > other.Score || (score.Equals(other.Score) && entities.Sequence(row) < entities.Sequence(entities.Find(other.Item)));
}
