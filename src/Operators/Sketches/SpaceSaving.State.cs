using Streaming.Abstractions.State;

namespace Streaming.Operators.Sketches;

/// <content>State: shape, total, since version 2 the largest possible count of a key without a counter, where counters are free again; number of counters, then each as key, count and error, by count and, among equals, oldest first.</content>
public sealed partial class SpaceSaving
{
    /// <inheritdoc/>
    public string StateTag => "space-saving";

    /// <inheritdoc/>
    public int StateVersion => 2;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Mergeable;

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Capacity", Capacity);
        writer.Shape("Seed", (long)_seed);
        writer.Write(Total);
        writer.Write(_floor);
        writer.Write(Counters);
        for (int slot = _summary.Least; slot >= 0; slot = _summary.Above(slot))
        {
            writer.Write(_index.Key(slot));
            writer.Write(_summary.Count(slot));
            writer.Write(_summary.Error(slot));
        }
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Capacity", Capacity);
        reader.Shape("Seed", (long)_seed);
        Total = reader.ReadCount();
        _floor = version > 1 ? reader.ReadCount() : 0;
        if (_floor > Total) throw new StateMismatchException($"The snapshot has a key that came up to {_floor} times in a total of {Total}.");
        int counters = reader.ReadLength(Capacity);
        Clear();
        long before = 1;
        for (int i = 0; i < counters; i++)
        {
            Counted counted = new(reader.Read<ulong>(), reader.Read<long>(), reader.Read<long>());
            bool sound = counted.Count >= before && counted.Count <= Total && counted.Error >= 0 && counted.Error < counted.Count;
            if (!sound || !Append(counted))
                throw new StateMismatchException($"The snapshot's counter {i} (count {counted.Count}, error {counted.Error}) contradicts the others or the total of {Total}.");
            before = counted.Count;
        }
    }
}
