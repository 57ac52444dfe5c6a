using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Items in descending order of how often they came, kept so in O(1) a count: an array of items, cut into buckets of equal count; an item that comes once more
/// changes places with the first of its bucket, and the border between the buckets moves by one (after Metwally, Agrawal, El Abbadi 2005, stream summary).
/// </summary>
/// <remarks>
/// Within a bucket items are in no order. Removing is O(distinct counts). 12 bytes an item, and 24 to 48 a distinct count. One caller at a time.
/// </remarks>
/// <param name="items">Most items; memory is reserved for them and committed as they come.</param>
internal sealed class PopularityOrder(int items) : IDisposable
{
    private const int None = -1;
    private const int LikelyCounts = 1 << 20; // it takes 5 * 10^11 events to have more distinct counts

    private readonly NativeBuffer<int> _place = new(items);
    private readonly NativeBuffer<int> _bucketOf = new(items);
    private readonly NativeBuffer<int> _itemAt = new(items);
    private Bucket[] _buckets = new Bucket[16];
    private int _bucketsUsed;
    private int _freeBucket = None;
    private int _lowest = None;

    /// <summary>Items held.</summary>
    public int Count { get; private set; }

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(int items) => (items * 12L) + (Math.Min(items, LikelyCounts) * 48L);

    /// <summary>How often the item came.</summary>
    public long Times(int item) => _buckets[_bucketOf[item]].Times;

    /// <summary>
    /// The same for another thread, for an item whose count does not change meanwhile; anything for one whose count does. Counts of a bucket change only
    /// with its items', and a table of buckets that was outgrown keeps what it had.
    /// </summary>
    public long TimesMeanwhile(int item)
    {
        Bucket[] buckets = Volatile.Read(ref _buckets);
        int bucket = _bucketOf[item];
        return (uint)bucket < (uint)buckets.Length ? buckets[bucket].Times : 0;
    }

    /// <summary>Number of items that came more often.</summary>
    public int Above(int item) => _buckets[_bucketOf[item]].Start;

    /// <summary>Number of items that came as often and have a smaller number. O(items that came as often / 16).</summary>
    public int TiesBefore(int item)
    {
        int bucket = _bucketOf[item], start = _buckets[bucket].Start;
        return RowScan.CountBelow(_itemAt.AsSpan(start, End(bucket) - start), item);
    }

    /// <summary>The item at a place, 0 being the most frequent; ties in no order.</summary>
    public int ItemAt(int place) => _itemAt[place];

    /// <summary>Adds an item that came so often, not more often than any other held.</summary>
    public void Append(int item, long times)
    {
        if (_lowest == None || _buckets[_lowest].Times > times) _lowest = Insert(times, Count, higher: _lowest, lower: None);
        _bucketOf[item] = _lowest;
        Put(item, Count++);
    }

    /// <summary>The item came once more.</summary>
    public void Increment(int item)
    {
        int bucket = _bucketOf[item], start = _buckets[bucket].Start;
        int higher = _buckets[bucket].Higher;
        long times = _buckets[bucket].Times + 1;
        Swap(_place[item], start);
        bool alone = End(bucket) == start + 1;
        bool joins = higher != None && _buckets[higher].Times == times;
        if (joins && alone) Unlink(bucket);
        else if (alone) _buckets[bucket].Times = times;
        else _buckets[bucket].Start++;
        if (joins) _bucketOf[item] = higher;
        else if (!alone) _bucketOf[item] = Insert(times, start, higher, bucket);
    }

    /// <summary>Removes an item.</summary>
    public void Remove(int item)
    {
        int own = _bucketOf[item], hole = _place[item];
        bool alone = End(own) == _buckets[own].Start + 1;
        for (int bucket = own; bucket != None; bucket = _buckets[bucket].Lower)
        {
            int last = End(bucket) - 1;
            Put(_itemAt[last], hole);
            if (bucket != own) _buckets[bucket].Start--;
            hole = last;
        }

        Count--;
        if (alone) Unlink(own);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _place.Dispose();
        _bucketOf.Dispose();
        _itemAt.Dispose();
    }

    private int End(int bucket) => _buckets[bucket].Lower == None ? Count : _buckets[_buckets[bucket].Lower].Start;

    private void Swap(int a, int b)
    {
        int item = _itemAt[a];
        Put(_itemAt[b], a);
        Put(item, b);
    }

    private void Put(int item, int place)
    {
        _itemAt[place] = item;
        _place[item] = place;
    }

    private int Insert(long times, int start, int higher, int lower)
    {
        int id = _freeBucket;
        if (id != None) _freeBucket = _buckets[id].Lower;
        else id = _bucketsUsed++;
        if (id == _buckets.Length) Array.Resize(ref _buckets, 2 * id);
        _buckets[id] = new Bucket { Times = times, Start = start, Higher = higher, Lower = lower };
        if (higher != None) _buckets[higher].Lower = id;
        if (lower != None) _buckets[lower].Higher = id;
        return id;
    }

    private void Unlink(int id)
    {
        (int higher, int lower) = (_buckets[id].Higher, _buckets[id].Lower);
        if (higher != None) _buckets[higher].Lower = lower;
        if (lower != None) _buckets[lower].Higher = higher;
        else _lowest = higher;
        _buckets[id].Lower = _freeBucket;
        _freeBucket = id;
    }

    private struct Bucket
    {
        public long Times;
        public int Start;
        public int Higher;
        public int Lower;
    }
}
