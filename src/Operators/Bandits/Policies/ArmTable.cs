using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>Statistics of arms by action id, up to a capacity; see <see cref="EntityTable"/> for who goes when it is full.</summary>
/// <remarks>
/// Native memory, committed as arms come. Expected O(1) an operation. One caller at a time; an arm changes only until the next call. State: the entities, then by
/// row the statistics, saved by another thread where they are many (<see cref="ILargeState"/>).
/// </remarks>
internal sealed unsafe class ArmTable<T> : ILargeState, IDisposable
    where T : unmanaged, IArmStatistics
{
    private readonly EntityTable _entities;
    private readonly NativeBuffer<T> _statistics;
    private readonly MemoryColumn _column;

    /// <summary>A table for at most <paramref name="capacity"/> arms, at least 1.</summary>
    public ArmTable(int capacity)
    {
        _entities = new EntityTable(capacity, sizeof(T));
        _statistics = new NativeBuffer<T>(capacity);
        _column = _entities.Pages.Add(new MemoryColumn(_statistics.Pointer, sizeof(T)));
    }

    /// <summary>Most bytes for so many arms.</summary>
    public static long BytesFor(int capacity) => EntityTable.BytesFor(capacity, sizeof(T)) + ((long)sizeof(T) * capacity);

    /// <inheritdoc/>
    public long Bytes => _entities.Bytes + ((long)sizeof(T) * _entities.Count);

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
    public void Save(ref StateWriter writer) => writer.WriteLarge(this);

    /// <inheritdoc/>
    public bool TryFreeze() => _entities.TryFreeze();

    /// <inheritdoc/>
    public void Write(ref StateWriter writer, bool frozen)
    {
        _entities.Write(ref writer, frozen);
        RowPages pages = _entities.Pages;
        int rows = _entities.Rows(frozen);
        using NativeBuffer<T> page = new(pages.RowsPerPage);
        for (int row = 0; row < rows; row += pages.RowsPerPage)
        {
            int count = Math.Min(pages.RowsPerPage, rows - row);
            pages.Copy(_column, row, count, frozen, (byte*)page.Pointer);
            if (frozen) pages.Done(row);
            for (int i = 0; i < count; i++) page[i].Save(ref writer);
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Release() => _entities.Release();

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
