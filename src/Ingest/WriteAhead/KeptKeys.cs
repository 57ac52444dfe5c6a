namespace Streaming.Ingest.WriteAhead;

/// <summary>An append that is remembered by its key.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Records">How many records it had.</param>
/// <param name="Arrived">When they arrived, microseconds since the Unix epoch.</param>
/// <param name="Done">Completes when they are on the disk.</param>
internal readonly record struct KeptAppend(AppendKey Key, int Records, long Arrived, Task Done);

/// <summary>
/// The keys of the last appends that had one: at most so many, and none that is older than a while. Which these are follows from the log alone, so that a restart knows the same ones.
/// </summary>
/// <remarks>One caller at a time. Constant time; about 100 bytes a key, taken as keys come.</remarks>
/// <param name="capacity">Most keys.</param>
/// <param name="micros">How long a key is kept, microseconds.</param>
internal sealed class KeptKeys(int capacity, long micros)
{
    private readonly Dictionary<UInt128, KeptAppend> _kept = [];
    private readonly Queue<KeptAppend> _order = new();

    /// <summary>Keys that are kept, those included that nobody has asked for since they were too old.</summary>
    public int Count => _kept.Count;

    /// <summary>Whether any are kept.</summary>
    public bool Keeps => capacity > 0;

    /// <summary>First record of the append that <see cref="Pass"/> has not seen the last record of; null if there is none.</summary>
    public WriteAheadPlace? Torn { get; private set; }

    /// <summary>The append that had this key, as of a time that never goes back.</summary>
    public bool TryFind(UInt128 id, long now, out KeptAppend append)
    {
        Expire(now);
        return _kept.TryGetValue(id, out append);
    }

    /// <summary>Keeps an append, the oldest one making room. One whose key is kept already changes nothing.</summary>
    public void Add(in KeptAppend append)
    {
        if (capacity == 0) return;
        Expire(append.Arrived);
        if (!_kept.TryAdd(append.Key.Id, append)) return;
        _order.Enqueue(append);
        if (_order.Count > capacity) Drop();
    }

    /// <summary>A segment begins: no append goes over the end of one.</summary>
    public void Begin() => Torn = null;

    /// <summary>Follows the records of a log, and keeps each append when its last record has passed.</summary>
    public void Pass(in WriteAheadPlace record)
    {
        if (record.Key is not null) Torn = record;
        if (Torn is not { Key: { } key } first || record.Offset + 1 < first.Offset + first.Records) return;
        Add(new KeptAppend(key, first.Records, first.Arrived, Task.CompletedTask));
        Torn = null;
    }

    private void Expire(long now)
    {
        while (_order.TryPeek(out KeptAppend oldest) && oldest.Arrived + micros < now) Drop();
    }

    private void Drop() => _kept.Remove(_order.Dequeue().Key.Id);
}
