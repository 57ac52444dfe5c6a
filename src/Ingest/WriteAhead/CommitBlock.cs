namespace Streaming.Ingest.WriteAhead;

/// <summary>Records that are written and synced together, with all who wait for that. One caller at a time.</summary>
internal sealed class CommitBlock
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>The lines.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>How many there are.</summary>
    public int Records { get; private set; }

    /// <summary>Number of the first one.</summary>
    public long First { get; private set; }

    /// <summary>When the first one arrived, microseconds since the Unix epoch.</summary>
    public long Arrived { get; private set; }

    /// <summary>Completes when the lines are on the disk.</summary>
    public TaskCompletionSource Done { get; private set; } = NewDone();

    /// <summary>Whether so many bytes more may wait; any number may where nothing waits.</summary>
    public bool HasRoom(long bytes) => Records == 0 || _length + bytes <= WriteAheadLog.MaxPendingBytes;

    /// <summary>Adds records with their envelopes.</summary>
    /// <param name="lines">JSON lines, found good (<see cref="LineFraming.Check"/>).</param>
    /// <param name="records">How many.</param>
    /// <param name="bytes">Bytes they take with their envelopes, at most.</param>
    /// <param name="place">What the envelope of the first one says; the others follow it, without a key.</param>
    /// <returns>Bytes added.</returns>
    public int Add(ReadOnlySpan<byte> lines, int records, long bytes, WriteAheadPlace place)
    {
        if (Records == 0) (First, Arrived) = (place.Offset, place.Arrived);
        int before = _length, number = 0;
        if (_length + bytes > _bytes.Length) Array.Resize(ref _bytes, checked((int)Math.Max(_length + bytes, Math.Min(2L * _bytes.Length, WriteAheadLog.MaxPendingBytes))));
        while (LineFraming.TryNext(ref lines, ref number, out ReadOnlySpan<byte> line))
        {
            _length += WriteAheadEnvelope.Write(_bytes.AsSpan(_length), line, place);
            place = place with { Offset = place.Offset + 1, Key = null, Records = 0 };
        }

        Records += records;
        return _length - before;
    }

    /// <summary>Empties the block. One that held more than it may regularly gives its memory back.</summary>
    public void Clear()
    {
        if (_bytes.Length > WriteAheadLog.MaxPendingBytes) _bytes = [];
        (_length, Records, Done) = (0, 0, NewDone());
    }

    private static TaskCompletionSource NewDone() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
