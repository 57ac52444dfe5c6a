namespace Streaming.Ingest.WriteAhead;

/// <content>What the source that follows the log sees of it.</content>
public sealed partial class WriteAheadLog
{
    /// <summary>Sets this whenever records have become durable, and when the log has failed.</summary>
    internal void Notify(Wakeup? reader) => Volatile.Write(ref _reader, reader);

    /// <summary>The segment that has this record, or would have it next; null in a log without segments.</summary>
    internal Segment? Find(long record)
    {
        lock (_gate) return _segments.FindLast(s => s.First <= record) ?? _segments.FirstOrDefault();
    }

    /// <summary>The segment after another; null after the last.</summary>
    internal Segment? After(Segment? segment)
    {
        lock (_gate) return _segments.Find(s => segment is null || s.First > segment.First);
    }

    /// <summary>The stream has taken the log up to here, in bytes from where it was opened and before this record.</summary>
    internal void Taken(long bytes, long record)
    {
        lock (_gate) (_taken, _takenRecords) = (bytes, record);
    }

    /// <summary>Fails where the log has failed.</summary>
    internal void ThrowIfFailed()
    {
        if (Failure is { } failure) throw failure;
    }
}
