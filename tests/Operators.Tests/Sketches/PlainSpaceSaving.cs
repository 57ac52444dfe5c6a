namespace Streaming.Operators.Tests.Sketches;

/// <summary>The definition of Space-Saving over a plain list: each add searches everything. The oracle of the linked one.</summary>
internal sealed class PlainSpaceSaving(int capacity)
{
    private readonly List<Counter> _counters = [];
    private long _clock;

    public void Add(ulong key, long weight)
    {
        _clock++;
        Counter? counter = _counters.Find(c => c.Key == key);
        if (counter is null && _counters.Count < capacity) _counters.Add(counter = new Counter());
        if (counter is null)
        {
            counter = _counters.OrderBy(c => c.Count).ThenBy(c => c.Reached).First();
            counter.Error = counter.Count;
        }

        (counter.Key, counter.Count, counter.Reached) = (key, counter.Count + weight, _clock);
    }

    public (ulong Key, long Count, long Error)[] Ascending() =>
        [.. _counters.OrderBy(c => c.Count).ThenBy(c => c.Reached).Select(c => (c.Key, c.Count, c.Error))];

    private sealed class Counter
    {
        public ulong Key;
        public long Count;
        public long Error;
        public long Reached;
    }
}
