using Streaming.Abstractions.Events;

namespace Streaming.Operators.Tests.Models;

/// <summary>Every event kept, and weighed anew each time: by how long ago it was, or by whether it is among the last.</summary>
internal sealed class PlainPopularity(Func<Event, int, Event, int, double> weight) : PlainRecommender
{
    private readonly List<Event> _events = [];
    private readonly Dictionary<ulong, double> _scores = [];

    public static PlainPopularity Decayed(double halfLife, bool seconds) => new((e, n, now, last) => Math.Pow(2, -(seconds ? (now.Time - e.Time) / 1e6 : last - n) / halfLife));

    public static PlainPopularity Recent(int window) => new((_, n, _, last) => last - n < window ? 1 : 0);

    public override double Score(ulong user, ulong item) => _scores.GetValueOrDefault(item);

    public override void Learn(in Event e)
    {
        _events.Add(e);
        _scores.Clear();
        Event now = _events.MaxBy(o => o.Time);
        for (int n = 0; n < _events.Count; n++) _scores[_events[n].Item] = _scores.GetValueOrDefault(_events[n].Item) + weight(_events[n], n, now, _events.Count - 1);
    }
}
