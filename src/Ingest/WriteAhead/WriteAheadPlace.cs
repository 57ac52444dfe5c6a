namespace Streaming.Ingest.WriteAhead;

/// <summary>What the envelope of a record of the log says.</summary>
/// <param name="Offset">Number of the record in the log.</param>
/// <param name="Arrived">When it arrived, microseconds since the Unix epoch.</param>
/// <param name="IsOwn">Whether it is a control record of the engine's own.</param>
internal readonly record struct WriteAheadPlace(long Offset, long Arrived, bool IsOwn = false)
{
    /// <summary>Key of the append that begins with the record; null for one without a key, and for the records after the first.</summary>
    public AppendKey? Key { get; init; }

    /// <summary>Records of that append; 0 where there is no key.</summary>
    public int Records { get; init; }
}
