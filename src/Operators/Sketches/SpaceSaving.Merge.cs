namespace Streaming.Operators.Sketches;

/// <content>Merging: the union of the counters, of which the largest stay.</content>
public sealed partial class SpaceSaving
{
    /// <inheritdoc/>
    /// <exception cref="OverflowException">The total would pass 2^63 - 1.</exception>
    public void Merge(SpaceSaving other)
    {
        SketchThrow.IfDifferent(nameof(Capacity), Capacity, other.Capacity);
        SketchThrow.IfDifferent("Seed", _seed, other._seed);
        long total = checked(Total + other.Total);
        long floor = checked(_floor + other._floor);

        // A key that one side does not count came there at most as often as that side's smallest count: it is given as much, as an error.
        List<Counted> union = new(Counters + other.Counters);
        for (int slot = _summary.Least; slot >= 0; slot = _summary.Above(slot))
        {
            ulong key = _index.Key(slot);
            int others = other._index.Find(key);
            union.Add(others < 0
                ? new Counted(key, _summary.Count(slot) + other.Floor, _summary.Error(slot) + other.Floor)
                : new Counted(key, _summary.Count(slot) + other._summary.Count(others), _summary.Error(slot) + other._summary.Error(others)));
        }

        for (int slot = other._summary.Least; slot >= 0; slot = other._summary.Above(slot))
        {
            ulong key = other._index.Key(slot);
            if (_index.Find(key) < 0) union.Add(new Counted(key, other._summary.Count(slot) + Floor, other._summary.Error(slot) + Floor));
        }

        union.Sort(static (a, b) => a.Count == b.Count ? a.Key.CompareTo(b.Key) : a.Count.CompareTo(b.Count));
        (Total, _floor) = (total, floor);
        Clear();
        for (int i = Math.Max(0, union.Count - Capacity); i < union.Count; i++) Append(union[i]);
    }

    private bool Append(Counted counted)
    {
        if (_index.Find(counted.Key) >= 0) return false;
        _index.Set(_summary.Add(counted.Count, counted.Error), counted.Key);
        return true;
    }

    private readonly record struct Counted(ulong Key, long Count, long Error);
}
