namespace Streaming.Ingest.Kafka;

/// <summary>A run of records of one partition, with copies of their bytes in one buffer, which is reused. One owner at a time.</summary>
internal sealed class RecordBlock
{
    /// <summary>Most records in a block.</summary>
    public const int Capacity = 512;

    private const int UsualBytes = 64 * 1024;

    private readonly (RecordHeader Header, int Start)[] _records = new (RecordHeader, int)[Capacity];
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(UsualBytes);
    private int _length;

    /// <summary>Records in the block.</summary>
    public int Count { get; private set; }

    /// <summary>What they weigh: their bytes, and those of the headers.</summary>
    public long Weight => _length + (Count * 32L);

    /// <summary>Adds a copy of a record; false if the block is full, as it is for a record that is larger than what is left, unless the block is empty.</summary>
    public bool TryAdd(in RecordHeader header, ReadOnlySpan<byte> bytes)
    {
        if (Count == Capacity || (Count > 0 && bytes.Length > _bytes.Length - _length)) return false;
        if (bytes.Length > _bytes.Length - _length) _bytes = GC.AllocateUninitializedArray<byte>(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _records[Count++] = (header, _length);
        _length += bytes.Length;
        return true;
    }

    /// <summary>The header of the record at <paramref name="index"/>.</summary>
    public RecordHeader this[int index] => _records[index].Header;

    /// <summary>Its bytes, or what was kept of them.</summary>
    public ReadOnlySpan<byte> BytesOf(int index)
    {
        int start = _records[index].Start, end = index + 1 < Count ? _records[index + 1].Start : _length;
        return _bytes.AsSpan(start, end - start);
    }

    /// <summary>Empties the block. What a large record made it grow to is given up.</summary>
    public void Clear()
    {
        (Count, _length) = (0, 0);
        if (_bytes.Length > UsualBytes) _bytes = GC.AllocateUninitializedArray<byte>(UsualBytes);
    }
}
