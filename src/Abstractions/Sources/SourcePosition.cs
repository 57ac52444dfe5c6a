using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Sources;

/// <summary>
/// How far a source has come, counting everything up to and including one batch: what a snapshot stores, what a resume seeks to. It rides in
/// the batch, so that it always belongs to the state that the stages have at that point. One entry per partition.
/// </summary>
/// <remarks>Mutable and reused with its batch; copy it with <see cref="CopyFrom"/> to keep it.</remarks>
public sealed class SourcePosition
{
    private PartitionPosition[] _partitions = [new()];

    /// <summary>The partitions, in ascending order of number.</summary>
    public ReadOnlySpan<PartitionPosition> Partitions => _partitions;

    /// <summary>The only partition of a source that has one.</summary>
    /// <exception cref="InvalidOperationException">The source has several.</exception>
    public PartitionPosition Single =>
        _partitions.Length == 1 ? _partitions[0] : throw new InvalidOperationException($"The position has {_partitions.Length} partitions, not 1.");

    /// <summary>Becomes equal to <paramref name="other"/>.</summary>
    public void CopyFrom(SourcePosition other)
    {
        if (_partitions.Length != other._partitions.Length)
        {
            _partitions = new PartitionPosition[other._partitions.Length];
            for (int i = 0; i < _partitions.Length; i++) _partitions[i] = new PartitionPosition();
        }

        for (int i = 0; i < _partitions.Length; i++) _partitions[i].CopyFrom(other._partitions[i]);
    }

    /// <summary>Writes the position (version 2: count, then each partition).</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(_partitions.Length);
        foreach (PartitionPosition p in _partitions) p.Save(ref writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote, now or in version 1, which had no cursors.</summary>
    public void Restore(ref StateReader reader, int version)
    {
        _partitions = new PartitionPosition[reader.ReadLength(1 << 20)];
        for (int i = 0; i < _partitions.Length; i++)
        {
            _partitions[i] = new PartitionPosition();
            _partitions[i].Restore(ref reader, version);
            if (i > 0 && _partitions[i].Partition <= _partitions[i - 1].Partition)
                throw new StateMismatchException($"The snapshot has partition {_partitions[i].Partition} after {_partitions[i - 1].Partition}.");
        }
    }
}

/// <summary>How far one partition has come, with what has been counted on the way.</summary>
public sealed class PartitionPosition
{
    private readonly long[] _rejected = new long[RejectionReasons.Count];
    private long[] _cursors = [];

    /// <summary>Number of the partition.</summary>
    public int Partition { get; set; }

    /// <summary>Records consumed: taken, filtered and rejected. The next record's offset.</summary>
    public long Records { get; set; }

    /// <summary>Events that entered the stream.</summary>
    public long Events { get; set; }

    /// <summary>Good records left out: their value was below <c>Source:MinimumValue</c>, or they say themselves that nothing is to be learned from them.</summary>
    public long Filtered { get; set; }

    /// <summary>What became of late rewards and their decisions. Their rejections are among <see cref="Rejected"/>.</summary>
    public JoinCounts Join { get; set; }

    /// <summary>0-based index, among the source's files, of the file the next record is in.</summary>
    public int File { get; set; }

    /// <summary>Bytes of that file consumed (after decompression).</summary>
    public long Bytes { get; set; }

    /// <summary>Lines of that file consumed.</summary>
    public long Lines { get; set; }

    /// <summary>Event time of the last event, microseconds since the Unix epoch: a record without a time takes it over.</summary>
    public long Time { get; set; }

    /// <summary>Checksum of what the source reads from, so that a resume notices a changed log; 0 where there is nothing to compare.</summary>
    public ulong Fingerprint { get; set; }

    /// <summary>
    /// Where to go on in each topic of the source, in the order of its topics: the offset after the last record taken, -1 where none was. Empty for sources
    /// whose records do not say where they came from.
    /// </summary>
    public ReadOnlySpan<long> Cursors => _cursors;

    /// <summary>Notes that <paramref name="topic"/> is to go on at <paramref name="offset"/>.</summary>
    public void MoveCursor(int topic, long offset)
    {
        if (topic >= _cursors.Length)
        {
            int known = _cursors.Length;
            Array.Resize(ref _cursors, topic + 1);
            _cursors.AsSpan(known).Fill(-1);
        }

        _cursors[topic] = offset;
    }

    /// <summary>Rejections by reason, indexed by <see cref="RejectionReason"/>.</summary>
    public Span<long> Rejected => _rejected;

    /// <summary>Rejections of every reason.</summary>
    public long RejectedTotal
    {
        get
        {
            long sum = 0;
            foreach (long n in _rejected) sum += n;
            return sum;
        }
    }

    /// <summary>Lets go of the files that were read, so that a source of another kind can go on: counts, cursors and time stay.</summary>
    public void LeaveFiles() => (File, Bytes, Lines, Fingerprint) = (0, 0, 0, 0);

    /// <summary>Lets go of every place: a source whose records are others goes on with these counts, from its own beginning.</summary>
    public void LeaveLog()
    {
        LeaveFiles();
        _cursors = [];
    }

    /// <summary>Becomes equal to <paramref name="other"/>.</summary>
    public void CopyFrom(PartitionPosition other)
    {
        (Partition, Records, Events, Filtered, Join) = (other.Partition, other.Records, other.Events, other.Filtered, other.Join);
        (File, Bytes, Lines, Time, Fingerprint) = (other.File, other.Bytes, other.Lines, other.Time, other.Fingerprint);
        other._rejected.CopyTo(_rejected, 0);
        if (_cursors.Length != other._cursors.Length) _cursors = new long[other._cursors.Length];
        other._cursors.CopyTo(_cursors, 0);
    }

    /// <summary>Writes the position.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(Partition);
        writer.Write(Records);
        writer.Write(Events);
        writer.Write(Filtered);
        Join.Save(ref writer);
        writer.Write(File);
        writer.Write(Bytes);
        writer.Write(Lines);
        writer.Write(Time);
        writer.Write(Fingerprint);
        writer.WriteSpan<long>(_rejected);
        writer.WriteSpan<long>(_cursors);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; reasons added since then start at 0.</summary>
    public void Restore(ref StateReader reader, int version)
    {
        Partition = reader.ReadLength(int.MaxValue);
        Records = reader.ReadCount();
        Events = reader.ReadCount();
        Filtered = reader.ReadCount();
        JoinCounts join = default;
        join.Restore(ref reader);
        Join = join;
        File = reader.ReadLength(int.MaxValue);
        Bytes = reader.ReadCount();
        Lines = reader.ReadCount();
        Time = reader.Read<long>();
        Fingerprint = reader.Read<ulong>();
        Array.Clear(_rejected);
        int reasons = reader.ReadLength(_rejected.Length);
        for (int reason = 0; reason < reasons; reason++) _rejected[reason] = reader.ReadCount();
        _cursors = version >= 2 ? reader.ReadArray<long>(byte.MaxValue + 1) : [];
    }
}
