using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// Reads the records of a log that is being written, as far as they are on the disk, over the borders of its segments. One buffer is reused for everything; nothing is
/// allocated a record.
/// </summary>
/// <remarks>Synchronous; one caller at a time. A line that is not the record that is due is a <see cref="SourceException"/>.</remarks>
internal sealed class SegmentReader(WriteAheadLog log) : IDisposable
{
    private const int InitialBuffer = 256 * 1024;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(InitialBuffer);
    private int _start;
    private int _end;
    private FileStream? _file;
    private Segment? _segment;

    /// <summary>Number of the next record.</summary>
    public long Next { get; private set; }

    /// <summary>Bytes of the segment passed.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lines of the segment passed.</summary>
    public long Lines { get; private set; }

    /// <summary>Whether the last record read is a control record of the engine's own.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>The segment's file, for people; empty before the first.</summary>
    public string Path => _segment?.Path ?? string.Empty;

    /// <summary>Whether a record is there to be read.</summary>
    public bool HasMore => Next < log.DurableRecords;

    /// <summary>Goes to the first record that the log still has. Before the first one is written there is nowhere to go.</summary>
    public void Begin()
    {
        if (log.After(null) is { } first) Open(first, 0, 0);
    }

    /// <summary>Goes on behind a record.</summary>
    /// <param name="record">Number of the next one.</param>
    /// <param name="bytes">Bytes of its segment, or of the one before, that were passed; 0 where that is not known: then the records before it are read.</param>
    /// <exception cref="SourceException">The log has no such place: it is another, or records are missing.</exception>
    public void Seek(long record, long bytes)
    {
        Segment? segment = log.Find(record);
        if (segment is null || segment.First > record || record > log.DurableRecords)
        {
            throw new SourceException($"{log.Folder}: the snapshot goes on with record {record}, but the write-ahead log has the records from {segment?.First ?? 0} to before "
                + $"{log.DurableRecords}. Put its files back, or start over without the snapshots.");
        }

        bool known = bytes > 0 && segment.First < record;
        Open(segment, known ? bytes : 0, known ? record - segment.First : 0);
        while (Next < record && TryRead(out _, out _))
        {
        }
    }

    /// <summary>The next record without its line end; valid until the next call. False where none is on the disk yet.</summary>
    public bool TryRead(out ReadOnlySpan<byte> record, out RecordOrigin origin)
    {
        try
        {
            return TryReadLine(out record, out origin);
        }
        catch (Exception e) when (LogFile.IsReadFailure(e))
        {
            throw LogFile.Failure(Path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private bool TryReadLine(out ReadOnlySpan<byte> record, out RecordOrigin origin)
    {
        int searched = 0;
        record = default;
        origin = default;
        while (HasMore)
        {
            if (_segment is null) Open(log.After(null)!, 0, 0);
            int at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                record = _buffer.AsSpan(_start, searched + at);
                if (!WriteAheadEnvelope.TryRead(record, out WriteAheadPlace place) || place.Offset != Next)
                    throw new SourceException($"{Path}: line {Lines + 1} is not record {Next} of the log as it was written. Put the file back from a backup.");
                origin = new RecordOrigin(0, 0, place.Offset, place.Arrived);
                IsOwn = place.IsOwn;
                Pass(record.Length + 1);
                return true;
            }

            searched = _end - _start;
            long length = _segment!.Length;
            if (Fill(length)) continue;
            // Only the last segment grows, and it does not once there is another: its length is read again when there is.
            if (log.After(_segment) is not { } next) return false;
            if (_segment.Length != length) continue;
            if (searched > 0 || next.First != Next)
                throw new SourceException($"{Path}: ends with record {Next}, and the next file begins with record {next.First}. Put the files back from a backup.");
            Open(next, 0, 0);
        }

        return false;
    }

    private void Pass(int bytes)
    {
        _start += bytes;
        Bytes += bytes;
        Lines++;
        Next++;
        log.Taken(_segment!.Start + Bytes, Next);
    }

    private void Open(Segment segment, long bytes, long lines)
    {
        _file?.Dispose();
        (_segment, _file, _start, _end) = (segment, LogFile.OpenRaw(segment.Path), 0, 0);
        (Next, Bytes, Lines) = (segment.First + lines, bytes, lines);
        _file.Position = Math.Max(0, bytes - 1);
        if (bytes > segment.Length || (bytes > 0 && _file.ReadByte() != '\n'))
            throw new SourceException($"{segment.Path}: no line ends at byte {bytes}, where the snapshot was taken. Put the file back from a backup, or start over without the snapshots.");
        log.Taken(segment.Start + bytes, Next);
    }

    /// <summary>Reads more of the segment, up to <paramref name="length"/>, behind what is there; false where there is no more.</summary>
    private bool Fill(long length)
    {
        long left = length - (Bytes + _end - _start);
        if (left <= 0) return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        int read = _file!.Read(_buffer, _end, (int)Math.Min(left, _buffer.Length - _end));
        if (read == 0) throw new SourceException($"{Path}: became shorter while it was read.");
        _end += read;
        return true;
    }
}
