using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Sketches;

/// <summary>
/// Names the most frequent keys: k counters, and a key without one takes over the smallest, with its count as the error (Metwally, Agrawal,
/// El Abbadi 2005, "Efficient computation of frequent and top-k elements in data streams", section 3.1).
/// </summary>
/// <remarks>
/// Bound: a count is never below the true one, and above it by at most the counter's error, which is at most N / k (N: the total of all weights;
/// theorem 2); every key with more than N / k occurrences has a counter. A key without one came at most as often as the smallest count, which is what
/// it is estimated at. Exact up to k distinct keys. Adding is O(1) for weight 1, O(distinct counts passed) for more, and allocates nothing. Among equal
/// smallest counts the one reached first is taken over, so results depend on the stream alone. Merging (Agarwal et al. 2012, "Mergeable summaries",
/// section 3) keeps all bounds, with N the sum of both, but its counters are not those of one sketch over both streams. Where a key was forgotten, its counter
/// is free for another, which then may have come as often as the smallest count was: that is its error. One caller at a time.
/// </remarks>
public sealed partial class SpaceSaving : ITopKSketch, IMergeable<SpaceSaving>
{
    private readonly ulong _seed;
    private readonly KeyIndex _index;
    private readonly StreamSummary _summary;
    private long _floor;

    /// <summary>An empty sketch.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">Of the index; sketches merge only with the same seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside 1 to 2^24.</exception>
    public SpaceSaving(SpaceSavingOptions options, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Capacity, 1 << 24);
        (Capacity, _seed) = (options.Capacity, seed);
        _index = new KeyIndex(Capacity, KeyHash.Whitening(seed));
        _summary = new StreamSummary(Capacity);
    }

    /// <summary>Most keys counted at a time.</summary>
    public int Capacity { get; }

    /// <summary>Keys counted now.</summary>
    public int Counters => _summary.Length;

    /// <summary>Sum of all weights added.</summary>
    public long Total { get; private set; }

    /// <inheritdoc/>
    public long Bytes => BytesFor(Capacity);

    /// <summary>
    /// Largest possible count of a key that has no counter: 0 while counters are free, then the smallest count; where counters are free again, what that was.
    /// </summary>
    private long Floor => _summary.IsFull ? Math.Max(_floor, _summary.Count(_summary.Least)) : _floor;

    /// <summary>Bytes that a sketch with this capacity takes.</summary>
    public static long BytesFor(int capacity) => StreamSummary.BytesFor(capacity) + KeyIndex.BytesFor(capacity) + SketchBytes.Overhead;

    /// <inheritdoc cref="AddAndCount"/>
    public void Add(ulong key, long weight = 1) => AddAndCount(key, weight);

    /// <summary>Counts <paramref name="weight"/> occurrences of a key and gives its estimate, these included.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is below 1.</exception>
    /// <exception cref="OverflowException">The total would pass 2^63 - 1.</exception>
    public long AddAndCount(ulong key, long weight = 1)
    {
        if (weight < 1) SketchThrow.Weight(weight);
        Total = checked(Total + weight); // no count is above the total, so none can overflow
        int slot = _index.Find(key);
        if (slot < 0)
        {
            if (!_summary.IsFull)
            {
                _index.Set(_summary.Add(weight + _floor, error: _floor), key);
                return weight + _floor;
            }

            slot = _summary.Least;
            _index.Unset(slot);
            _index.Set(slot, key);
            _summary.Doubt(slot);
        }

        return _summary.Raise(slot, weight);
    }

    /// <summary>How often <paramref name="key"/> came; the upper bound is the estimate.</summary>
    public Estimate Frequency(ulong key)
    {
        int slot = _index.Find(key);
        return slot < 0 ? new Estimate(Floor, 0, Floor) : At(slot);
    }

    /// <inheritdoc/>
    public IReadOnlyList<(ulong Key, Estimate Count)> Top(int k)
    {
        List<(ulong Key, Estimate Count)> top = [];
        if (k < 1) return top;
        // Counters of one count stand by age: all of the last count wanted are taken before they are put in the order of their keys.
        for (int slot = _summary.Most; slot >= 0; slot = _summary.Below(slot))
        {
            if (top.Count >= k && _summary.Count(slot) < (long)top[^1].Count.Value) break;
            top.Add((_index.Key(slot), At(slot)));
        }

        top.Sort(static (a, b) => a.Count.Value.Equals(b.Count.Value) ? a.Key.CompareTo(b.Key) : b.Count.Value.CompareTo(a.Count.Value));
        if (top.Count > k) top.RemoveRange(k, top.Count - k);
        return top;
    }

    /// <summary>Takes a key and its count away; all bounds hold for the other keys, and the total stays. O(capacity).</summary>
    public void Forget(ulong key)
    {
        if (_index.Find(key) < 0) return;
        long floor = Floor;
        List<Counted> others = new(Counters);
        for (int slot = _summary.Least; slot >= 0; slot = _summary.Above(slot))
        {
            if (_index.Key(slot) != key) others.Add(new Counted(_index.Key(slot), _summary.Count(slot), _summary.Error(slot)));
        }

        Clear();
        foreach (Counted other in others) Append(other);
        _floor = floor;
    }

    private void Clear()
    {
        if (Counters == 0) return; // clearing touches the whole index
        _index.Clear();
        _summary.Clear();
    }

    private Estimate At(int slot)
    {
        long count = _summary.Count(slot);
        return new Estimate(count, count - _summary.Error(slot), count);
    }
}
