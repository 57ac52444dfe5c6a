using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Statistics of arms by action id, up to a capacity; see <see cref="EntityTable"/> for who goes when it is full.</summary>
/// <remarks>Native memory, committed as arms come. Expected O(1) an operation. One caller at a time. State: the entities, then by row the statistics.</remarks>
/// <param name="capacity">Most arms, at least 1.</param>
internal sealed class ArmTable<T>(int capacity) : IDisposable
    where T : unmanaged, IArmStatistics
{
    private readonly EntityTable _entities = new(capacity);
    private readonly NativeBuffer<T> _statistics = new(capacity);

    /// <summary>Most bytes for so many arms.</summary>
    public static unsafe long BytesFor(int capacity) => EntityTable.BytesFor(capacity) + ((long)sizeof(T) * capacity);

    /// <summary>What is known of an arm; the default where it is not held. Changes nothing.</summary>
    public T Find(ulong action)
    {
        int row = _entities.Find(action);
        return row < 0 ? default : _statistics[row];
    }

    /// <summary>The statistics of an arm to be learned, which gets a place if it has none.</summary>
    public ref T Learn(ulong action)
    {
        int row = _entities.FindOrAdd(action, out Admission admission);
        if (admission != Admission.Known) _statistics[row] = default;
        return ref _statistics[row];
    }

    /// <summary>Adds how many arms are held and how many were let go.</summary>
    public void Report(StageReport report)
    {
        report.Set("arms", _entities.Count);
        report.Set("evictions", _entities.Evictions);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        _entities.Save(ref writer);
        for (int row = 0; row < _entities.Count; row++) _statistics[row].Save(ref writer);
    }

    /// <summary>Becomes what was saved; the table must be empty.</summary>
    public void Restore(ref StateReader reader)
    {
        _entities.Restore(ref reader);
        for (int row = 0; row < _entities.Count; row++) _statistics[row].Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _entities.Dispose();
        _statistics.Dispose();
    }
}
