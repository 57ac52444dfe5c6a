using Streaming.Abstractions.Learning;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>Keeps, by item row, which items may not be offered at the time of the list that is being made: they are not yet born, or have expired, or are no items but buckets.</summary>
/// <remarks>
/// Moves with event time, forward and back, in O(items that come or go in between), and O(1) for each row that is new. 1 bit an item. No state: what it keeps follows from the catalogue, the rows and the time.
/// One caller at a time.
/// </remarks>
/// <param name="catalogue">When items are offered.</param>
/// <param name="items">Who has which row.</param>
internal sealed class CandidateFilter(ItemCatalogue catalogue, EntityTable items)
{
    private readonly ushort[] _withheld = new ushort[BytesFor(items.Capacity) / sizeof(ushort)];
    private long _time = long.MinValue;
    private int _next;
    private int _known;

    /// <summary>Called with a row that has begun (true) or ceased to be withheld.</summary>
    public Action<int, bool>? Changed { get; set; }

    /// <summary>A bit for each row, 16 rows an element: whether the item is withheld.</summary>
    public ReadOnlySpan<ushort> Withheld => _withheld;

    /// <summary>Bytes for so many items.</summary>
    public static long BytesFor(int items) => MarkedItems.Padded(items) / 8L;

    /// <summary>How many rows are withheld.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the item that has <paramref name="row"/> is withheld.</summary>
    public bool IsWithheld(int row) => (_withheld[row >> 4] >> (row & 15) & 1) != 0;

    /// <summary>Goes to a time: from now on it says what is withheld then.</summary>
    public void MoveTo(long time)
    {
        _time = time;
        ReadOnlySpan<ItemChange> changes = catalogue.Changes;
        while (_next < changes.Length && changes[_next].Time <= time) Look(changes[_next++].Item);
        while (_next > 0 && changes[_next - 1].Time > time) Look(changes[--_next].Item);
        for (; _known < items.Count; _known++) Look(items.Key(_known), _known);
    }

    /// <summary>An item lost its row to another, which is not withheld until it is looked at.</summary>
    public void Replaced(int row)
    {
        if (row >= _known) return;
        if (IsWithheld(row)) Flip(row);
        Look(items.Key(row), row);
    }

    private void Look(ulong item)
    {
        int row = items.Find(item);
        if ((uint)row < (uint)_known) Look(item, row);
    }

    private void Look(ulong item, int row)
    {
        bool withheld = RowAdmission.IsBucket(item) || !catalogue.Life(item).Includes(_time);
        if (withheld == IsWithheld(row)) return;
        Flip(row);
        Changed?.Invoke(row, withheld);
    }

    private void Flip(int row)
    {
        Count += IsWithheld(row) ? -1 : 1;
        _withheld[row >> 4] ^= (ushort)(1 << (row & 15));
    }
}
