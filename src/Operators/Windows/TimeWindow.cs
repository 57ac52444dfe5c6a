using Streaming.Abstractions.State;

namespace Streaming.Operators.Windows;

/// <summary>
/// The events of the last stretch of event time: those in (t - span, t], where t is the latest time seen. Events may come out of order within the
/// window; one that comes after its time has left is late. Rate = events / span.
/// </summary>
/// <remarks>
/// <para>Exact within its capacity, in a ring sorted by time (equal times in order of arrival), 16 bytes each. Where the capacity forces out an event
/// whose time is still in the window, the aggregate is unknown until that time has left. The sum never subtracts (see <see cref="Numerics.SlidingSum"/>): the
/// older part of the ring holds, for each event, the sum from it to the end of that part; the newer part holds values.</para>
/// <para>Amortized constant time for events in order; one that comes late by d places takes O(d), and at most O(capacity). One caller at a time.</para>
/// </remarks>
public sealed class TimeWindow : IWindow
{
    /// <summary>Bytes a window takes beside its events.</summary>
    internal const int ObjectBytes = 88;

    private readonly WindowMemory _memory;
    private readonly long _span;
    private int _head;
    private int _count;
    private int _summed; // length of the older part
    private double _newSum; // sum of the newer part
    private long _now = long.MinValue;
    private long _lost = long.MinValue; // latest time of an event that was forced out

    /// <summary>An empty window with memory of its own.</summary>
    /// <param name="span">Microseconds of event time, at least 1.</param>
    /// <param name="capacity">Events held at most, at least 1.</param>
    public TimeWindow(long span, int capacity)
        : this(span, WindowMemory.Allocate(capacity))
    {
    }

    internal TimeWindow(long span, WindowMemory memory)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, 1);
        (_span, _memory) = (span, memory);
    }

    /// <inheritdoc/>
    public string StateTag => "time-window";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Whether every event whose time is in the window is held.</summary>
    public bool IsComplete => _lost <= Horizon;

    /// <inheritdoc/>
    public WindowAggregate Aggregate =>
        IsComplete ? new WindowAggregate(_count, _summed > 0 ? At(0) + _newSum : _newSum, _count * 1e6 / _span) : WindowAggregate.Unknown;

    /// <summary>The latest time that is out of the window.</summary>
    private long Horizon => _now >= long.MinValue + _span ? _now - _span : long.MinValue;

    /// <summary>Bytes of a window of this capacity.</summary>
    public static long BytesFor(int capacity) => ((long)capacity * WindowMemory.BytesPerEvent) + ObjectBytes;

    /// <inheritdoc/>
    public WindowEntry Add(double value, long time)
    {
        if (time > _now)
        {
            _now = time;
            long horizon = Horizon;
            while (_count > 0 && TimeAt(0) <= horizon) RemoveOldest();
        }
        else if (time <= Horizon)
        {
            return WindowEntry.Late;
        }

        bool full = _count == _memory.Length;
        if (full)
        {
            _lost = Math.Max(_lost, Math.Min(time, TimeAt(0)));
            if (time < TimeAt(0)) return WindowEntry.Truncated;
            RemoveOldest();
        }

        Insert(value, time);
        return full ? WindowEntry.Truncated : WindowEntry.Entered;
    }

    /// <inheritdoc/>
    public void Clear() => (_head, _count, _summed, _newSum, _now, _lost) = (0, 0, 0, 0, long.MinValue, long.MinValue);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: span and capacity as shape; latest time, latest time forced out, count, length of the older part, sum of the newer part; oldest first,
    /// values (sums in the older part) and times.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Span", _span);
        writer.Shape("Capacity", _memory.Length);
        writer.Write(_now);
        writer.Write(_lost);
        writer.Write(_count);
        writer.Write(_summed);
        writer.Write(_newSum);
        for (int i = 0; i < _count; i++) writer.Write(At(i));
        for (int i = 0; i < _count; i++) writer.Write(TimeAt(i));
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Span", _span);
        reader.Shape("Capacity", _memory.Length);
        _head = 0;
        _now = reader.Read<long>();
        _lost = reader.Read<long>();
        _count = reader.ReadLength(_memory.Length);
        _summed = reader.ReadLength(_count);
        _newSum = reader.Read<double>();
        reader.ReadRaw(_memory.Values[.._count]);
        reader.ReadRaw(_memory.Times[.._count]);
        for (int i = 1; i < _count; i++)
        {
            if (TimeAt(i) < TimeAt(i - 1)) throw new StateMismatchException("The snapshot of a time window is not in the order of time.");
        }
    }

    private ref double At(int index) => ref _memory.Values[Place(index)];

    private ref long TimeAt(int index) => ref _memory.Times[Place(index)];

    private int Place(int index)
    {
        int place = _head + index;
        return place < _memory.Length ? place : place - _memory.Length;
    }

    private void RemoveOldest()
    {
        if (_summed == 0) SumUp();
        _head = Place(1);
        _count--;
        _summed--;
    }

    private void SumUp()
    {
        double sum = 0;
        for (int i = _count - 1; i >= 0; i--) At(i) = sum += At(i);
        (_summed, _newSum) = (_count, 0);
    }

    private void Insert(double value, long time)
    {
        int at = _count++;
        for (; at > 0 && TimeAt(at - 1) > time; at--)
        {
            At(at) = At(at - 1);
            TimeAt(at) = TimeAt(at - 1);
        }

        TimeAt(at) = time;
        if (at >= _summed)
        {
            At(at) = value;
            _newSum += value;
            return;
        }

        At(at) = value + At(at + 1);
        for (int i = 0; i < at; i++) At(i) += value;
        _summed++;
    }
}
