using Streaming.Operators.Windows;

namespace Streaming.Operators.Tests.Windows;

/// <summary>A time window as it is defined: a list of all that is in it, scanned for every answer.</summary>
internal sealed class TimeWindowOracle(long span, int capacity)
{
    private readonly List<(long Time, double Value)> _events = [];
    private readonly List<long> _lost = [];
    private long? _now;

    public WindowEntry Add(double value, long time)
    {
        if (time <= _now - span) return WindowEntry.Late;
        _now = Math.Max(time, _now ?? time);
        _events.RemoveAll(e => e.Time <= _now - span);
        _events.Insert(_events.Count(e => e.Time <= time), (time, value));
        if (_events.Count <= capacity) return WindowEntry.Entered;
        _lost.Add(_events[0].Time);
        _events.RemoveAt(0);
        return WindowEntry.Truncated;
    }

    public WindowAggregate Aggregate() =>
        _lost.Exists(time => time > _now - span)
            ? WindowAggregate.Unknown
            : new WindowAggregate(_events.Count, _events.Sum(e => e.Value), _events.Count * 1e6 / span);
}
