using Streaming.Abstractions.State;

namespace Streaming.Operators.Windows;

/// <summary>
/// The last N events of a stream, in the order of arrival. Rate = (n - 1) / (time of the newest - time of the oldest), NaN unless that span is
/// positive.
/// </summary>
/// <remarks>
/// <para>A ring of N values and times, 16 bytes each. The sum never subtracts, so that it cannot drift and a huge value leaves nothing behind: each time
/// the ring comes around, every value is replaced by the sum of itself and all younger ones (in place; this is the queue of two stacks of Tangwongsan, Hirzel,
/// Schneider 2017, "Low-latency sliding-window aggregation in worst-case constant time", section 2), and the window's sum is the old part's entry at its
/// oldest event plus the running sum of the new part. Error at most N 2^-53 times the sum of magnitudes in the window.</para>
/// <para>Amortized constant time. One caller at a time.</para>
/// </remarks>
public sealed class CountWindow : IWindow
{
    private readonly WindowMemory _memory;
    private int _next;
    private int _count;
    private double _newSum;

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
    public int Count => _count;

    /// <inheritdoc/>
    public WindowAggregate Aggregate
    {
        get
        {
            if (_count == 0) return new WindowAggregate(0, 0, double.NaN);
            ReadOnlySpan<long> times = _memory.Times;
            int oldest = _count < _memory.Length || _next == _memory.Length ? 0 : _next;
            double sum = oldest == 0 ? _newSum : _memory.Values[oldest] + _newSum;
            long span = times[_next - 1] - times[oldest];
            return new WindowAggregate(_count, sum, span > 0 ? (_count - 1) * 1e6 / span : double.NaN);
        }
    }

    /// <summary>Bytes of a window of this size.</summary>
    public static long BytesFor(int size) => ((long)size * WindowMemory.BytesPerEvent) + WindowMemory.BytesPerWindow;

    /// <inheritdoc/>
    public WindowEntry Add(double value, long time)
    {
        if (_next == _memory.Length) TurnOver();
        _memory.Values[_next] = value;
        _memory.Times[_next] = time;
        _newSum += value;
        _next++;
        if (_count < _memory.Length) _count++;
        return WindowEntry.Entered;
    }

    /// <inheritdoc/>
    public void Clear() => (_next, _count, _newSum) = (0, 0, 0);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: size as shape; count, place of the next event, sum of the new part; the ring's entries in use: values (sums in the old part), times.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Size", _memory.Length);
        writer.Write(_count);
        writer.Write(_next);
        writer.Write(_newSum);
        writer.WriteRaw<double>(_memory.Values[.._count]);
        writer.WriteRaw<long>(_memory.Times[.._count]);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Size", _memory.Length);
        _count = reader.ReadLength(_memory.Length);
        _next = reader.ReadLength(_count);
        if (_count > 0 && (_next == 0 || (_count < _memory.Length && _next != _count)))
            throw new StateMismatchException($"The snapshot of a window of {_memory.Length} has {_count} events and goes on at {_next}.");
        _newSum = reader.Read<double>();
        reader.ReadRaw(_memory.Values[.._count]);
        reader.ReadRaw(_memory.Times[.._count]);
    }

    private void TurnOver()
    {
        Span<double> values = _memory.Values;
        double sum = 0;
        for (int i = values.Length - 1; i >= 0; i--) values[i] = sum += values[i];
        (_next, _newSum) = (0, 0);
    }
}
