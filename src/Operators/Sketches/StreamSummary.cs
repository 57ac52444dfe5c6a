using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streaming.Operators.Sketches;

/// <summary>
/// Counters in the order of their counts: a list of buckets, ascending, each with the list of the counters that share its count, oldest first
/// (Metwally, Agrawal, El Abbadi 2005, "Efficient computation of frequent and top-k elements in data streams", section 3.2, "Stream-Summary").
/// </summary>
/// <remarks>
/// Slots are numbered from 0 in order of addition and never move. Raising a count by 1 is O(1); by more, O(number of distinct counts passed).
/// Nothing is allocated after construction, and memory is touched as counters come. One caller at a time.
/// </remarks>
internal sealed class StreamSummary
{
    private const int None = -1;

    private readonly Counter[] _counters;
    private readonly Bucket[] _buckets;
    private int _bucketsUsed;
    private int _free = None;
    private int _lowest = None;
    private int _highest = None;

    /// <summary>An empty summary for at most <paramref name="capacity"/> counters.</summary>
    public StreamSummary(int capacity)
    {
        _counters = new Counter[capacity];
        _buckets = new Bucket[capacity];
    }

    /// <summary>Counters in use.</summary>
    public int Length { get; private set; }

    /// <summary>Whether every counter is in use.</summary>
    public bool IsFull => Length == _counters.Length;

    /// <summary>Slot of the counter with the smallest count, the oldest of these; -1 if there is none.</summary>
    public int Least => _lowest == None ? None : _buckets[_lowest].First;

    /// <summary>Slot of the counter with the largest count, the newest of these; -1 if there is none.</summary>
    public int Most => _highest == None ? None : _buckets[_highest].Last;

    /// <summary>Bytes of the counters and buckets.</summary>
    public static long BytesFor(int capacity) => (long)capacity * (Unsafe.SizeOf<Counter>() + Unsafe.SizeOf<Bucket>());

    /// <summary>Count of a slot.</summary>
    public long Count(int slot) => _buckets[_counters[slot].Bucket].Count;

    /// <summary>What the count of a slot may be too large by.</summary>
    public long Error(int slot) => _counters[slot].Error;

    /// <summary>The slot after this one, by count and then age; -1 at the end.</summary>
    public int Above(int slot)
    {
        ref Counter counter = ref CounterAt(slot);
        if (counter.Next != None) return counter.Next;
        int higher = _buckets[counter.Bucket].Higher;
        return higher == None ? None : _buckets[higher].First;
    }

    /// <summary>The slot before this one; -1 at the beginning.</summary>
    public int Below(int slot)
    {
        ref Counter counter = ref CounterAt(slot);
        if (counter.Previous != None) return counter.Previous;
        int lower = _buckets[counter.Bucket].Lower;
        return lower == None ? None : _buckets[lower].Last;
    }

    /// <summary>Puts a new counter after all with at most its count. The summary is not full.</summary>
    /// <returns>Its slot.</returns>
    public int Add(long count, long error)
    {
        int slot = Length++;
        _counters[slot].Error = error;
        // The largest counts come last when a saved summary is read back: look there first.
        int from = _highest != None && _buckets[_highest].Count <= count ? _highest : None;
        Place(slot, LastUpTo(count, from), count);
        return slot;
    }

    /// <summary>Says that the count of a slot may be too large by all it has now.</summary>
    public void Doubt(int slot) => _counters[slot].Error = Count(slot);

    /// <summary>Raises the count of a slot; among equals it becomes the newest.</summary>
    /// <returns>Its count now.</returns>
    public long Raise(int slot, long weight)
    {
        int own = _counters[slot].Bucket;
        ref Bucket bucket = ref BucketAt(own);
        long count = bucket.Count + weight;
        int higher = bucket.Higher;
        long next = higher == None ? long.MaxValue : BucketAt(higher).Count;
        bool alone = bucket.First == bucket.Last;
        if (next > count)
        {
            if (alone)
            {
                bucket.Count = count; // stays in its place: the frequent case for frequent keys
                return count;
            }

            Detach(slot, ref bucket);
            Append(slot, Insert(own, count));
            return count;
        }

        int after = next == count ? higher : LastUpTo(count, higher);
        Detach(slot, ref bucket);
        if (alone) Release(own);
        Place(slot, after, count);
        return count;
    }

    /// <summary>Forgets every counter.</summary>
    public void Clear() => (Length, _bucketsUsed, _free, _lowest, _highest) = (0, 0, None, None, None);

    /// <summary>The last bucket whose count is at most <paramref name="count"/>, from a bucket for which that is known; -1 if all are above.</summary>
    private int LastUpTo(long count, int from)
    {
        int at = from;
        for (int next = at == None ? _lowest : BucketAt(at).Higher; next != None && BucketAt(next).Count <= count; next = BucketAt(next).Higher) at = next;
        return at;
    }

    /// <summary>Appends a counter to the bucket of its count: <paramref name="after"/>, or a new one behind it.</summary>
    private void Place(int slot, int after, long count) =>
        Append(slot, after != None && BucketAt(after).Count == count ? after : Insert(after, count));

    private void Append(int slot, int at)
    {
        ref Bucket bucket = ref BucketAt(at);
        ref Counter counter = ref CounterAt(slot);
        (counter.Bucket, counter.Previous, counter.Next) = (at, bucket.Last, None);
        if (bucket.Last == None) bucket.First = slot;
        else CounterAt(bucket.Last).Next = slot;
        bucket.Last = slot;
    }

    private void Detach(int slot, ref Bucket bucket)
    {
        ref Counter counter = ref CounterAt(slot);
        if (counter.Previous == None) bucket.First = counter.Next;
        else CounterAt(counter.Previous).Next = counter.Next;
        if (counter.Next == None) bucket.Last = counter.Previous;
        else CounterAt(counter.Next).Previous = counter.Previous;
    }

    private int Insert(int after, long count)
    {
        // Buckets not used before come in order, so that nothing of a large capacity is touched before it is needed.
        int at = _free == None ? _bucketsUsed++ : _free;
        ref Bucket bucket = ref BucketAt(at);
        if (at == _free) _free = bucket.Higher;
        int higher = after == None ? _lowest : BucketAt(after).Higher;
        (bucket.Count, bucket.First, bucket.Last, bucket.Lower, bucket.Higher) = (count, None, None, after, higher);
        if (after == None) _lowest = at;
        else BucketAt(after).Higher = at;
        if (higher == None) _highest = at;
        else BucketAt(higher).Lower = at;
        return at;
    }

    private void Release(int at)
    {
        ref Bucket bucket = ref BucketAt(at);
        if (bucket.Lower == None) _lowest = bucket.Higher;
        else BucketAt(bucket.Lower).Higher = bucket.Higher;
        if (bucket.Higher == None) _highest = bucket.Lower;
        else BucketAt(bucket.Higher).Lower = bucket.Lower;
        bucket.Higher = _free;
        _free = at;
    }

    // Links come from this class alone, are None or within the table, and None is tested for before they are followed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Counter CounterAt(int slot) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_counters), slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Bucket BucketAt(int at) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buckets), at);

    private struct Counter
    {
        public long Error;
        public int Bucket;
        public int Previous;
        public int Next;
    }

    private struct Bucket
    {
        public long Count;
        public int First;
        public int Last;
        public int Lower;
        public int Higher;
    }
}
