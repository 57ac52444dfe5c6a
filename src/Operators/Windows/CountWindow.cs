using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Windows;

/// <summary>
/// The last N events of a stream, in the order of arrival. Rate = (n - 1) / (time of the newest - time of the oldest), NaN unless that span is
/// positive.
/// </summary>
/// <remarks>
/// A ring of N values, summed by <see cref="SlidingSum"/>, and one of N times: 16 bytes an event. Amortized constant time. One caller at a time.
/// </remarks>
public sealed class CountWindow : IWindow
{
    /// <summary>Bytes a window takes beside its events.</summary>
    internal const int ObjectBytes = 56;

    private readonly WindowMemory _memory;
    private SlidingSum _sum;

    /// <summary>An empty window with memory of its own.</summary>
    /// <param name="size">Events held, at least 1.</param>
    public CountWindow(int size)
        : this(WindowMemory.Allocate(size))
    {
    }

    internal CountWindow(WindowMemory memory) => _memory = memory;

    /// <inheritdoc/>
    public string StateTag => "count-window";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Events in the window.</summary>
    public int Count => _sum.Count;

    /// <inheritdoc/>
    public WindowAggregate Aggregate
    {
        get
        {
            if (_sum.Count == 0) return new WindowAggregate(0, 0, double.NaN);
            ReadOnlySpan<long> times = _memory.Times;
            long span = times[_sum.Next - 1] - times[_sum.Oldest(_memory.Length)];
            return new WindowAggregate(_sum.Count, _sum.Sum(_memory.Values), span > 0 ? (_sum.Count - 1) * 1e6 / span : double.NaN);
        }
    }

    /// <summary>Bytes of a window of this size.</summary>
    public static long BytesFor(int size) => ((long)size * WindowMemory.BytesPerEvent) + ObjectBytes;

    /// <inheritdoc/>
    public WindowEntry Add(double value, long time)
    {
        _sum.Add(_memory.Values, value);
        _memory.Times[_sum.Next - 1] = time;
        return WindowEntry.Entered;
    }

    /// <inheritdoc/>
    public void Clear() => _sum = default;

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: size as shape; the sum with the values in use; as many times, in the same places.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Size", _memory.Length);
        _sum.Save(ref writer, _memory.Values);
        writer.WriteRaw<long>(_memory.Times[.._sum.Count]);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Size", _memory.Length);
        _sum.Restore(ref reader, _memory.Values);
        reader.ReadRaw(_memory.Times[.._sum.Count]);
    }
}
