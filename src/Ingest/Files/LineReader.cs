namespace Streaming.Ingest.Files;

/// <summary>
/// Cuts a stream of bytes into lines: LF or CR LF ends one, the end of the stream ends the last. One buffer is reused for everything; nothing is
/// allocated a line. A line beyond the limit is passed over in constant memory: its beginning and its length are kept.
/// </summary>
/// <remarks>Synchronous; one caller at a time. Does not own the stream.</remarks>
internal sealed class LineReader
{
    /// <summary>Bytes kept of a line that is too long.</summary>
    public const int KeptBytes = RecordIntake.KeptBytes;

    private const int InitialBuffer = 256 * 1024;

    private readonly Stream _input;
    private readonly int _maxLine;
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(InitialBuffer);
    private byte[]? _kept;
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>A reader of <paramref name="input"/> from where it stands.</summary>
    /// <param name="input">Read synchronously.</param>
    /// <param name="maxLine">Longest line, in bytes without its end.</param>
    /// <param name="bytes">Bytes before it, for <see cref="Bytes"/>.</param>
    /// <param name="lines">Lines before it, for <see cref="Lines"/>.</param>
    public LineReader(Stream input, int maxLine, long bytes = 0, long lines = 0) => (_input, _maxLine, Bytes, Lines) = (input, maxLine, bytes, lines);

    /// <summary>Bytes passed, line ends included: where the next line starts.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lines passed; the 1-based number of the line just read.</summary>
    public long Lines { get; private set; }

    /// <summary>Whether the line just read is beyond the limit; what was given of it is its beginning.</summary>
    public bool TooLong { get; private set; }

    /// <summary>Whole length of a line that is beyond the limit.</summary>
    public long LongLength { get; private set; }

    /// <summary>Passes a byte order mark; to be called at the start of a file.</summary>
    public void SkipByteOrderMark()
    {
        if (!Peek(3).StartsWith("\uFEFF"u8)) return;
        _start += 3;
        Bytes += 3;
    }

    /// <summary>The next bytes, at least <paramref name="count"/> (up to 256 KiB) unless the stream ends before. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (_end - _start < count && Fill())
        {
        }

        return _buffer.AsSpan(_start, _end - _start);
    }

    /// <summary>The next line without its end; valid until the next call. False at the end of the stream.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> ready = _buffer.AsSpan(_start, _end - _start);
        int length = ready.IndexOf((byte)'\n');
        if (length < 0 || length > _maxLine) return TryReadSlow(out line);
        _start += length + 1;
        Bytes += length + 1;
        Lines++;
        TooLong = false;
        line = length > 0 && ready[length - 1] == (byte)'\r' ? ready[..(length - 1)] : ready[..length];
        return true;
    }

    private bool TryReadSlow(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            int length = at < 0 ? _end - _start : searched + at;
            // One byte more than the limit may be the CR of a line that is just short enough.
            if (length > _maxLine + 1) return PassLong(out line);
            if (at >= 0) return Take(length, 1, out line);
            searched = length;
            if (Fill()) continue;
            if (length > 0) return Take(length, 0, out line);
            line = default;
            return false;
        }
    }

    private bool Take(int length, int end, out ReadOnlySpan<byte> line)
    {
        line = _buffer.AsSpan(_start, length);
        _start += length + end;
        Bytes += length + end;
        Lines++;
        if (end == 1 && line is [.., (byte)'\r']) line = line[..^1];
        TooLong = line.Length > _maxLine;
        LongLength = line.Length;
        if (TooLong) line = line[..Math.Min(line.Length, KeptBytes)];
        return true;
    }

    private bool PassLong(out ReadOnlySpan<byte> line)
    {
        _kept ??= new byte[KeptBytes];
        int kept = 0;
        long length = 0;
        byte last = 0;
        while (true)
        {
            ReadOnlySpan<byte> ready = _buffer.AsSpan(_start, _end - _start);
            int at = ready.IndexOf((byte)'\n');
            int part = at < 0 ? ready.Length : at;
            if (part > 0) last = ready[part - 1];
            ReadOnlySpan<byte> keep = ready[..Math.Min(part, KeptBytes - kept)];
            keep.CopyTo(_kept.AsSpan(kept));
            kept += keep.Length;
            length += part;
            _start += part;
            if (at >= 0) break;
            if (!Fill()) break;
        }

        bool ended = _start < _end;
        Bytes += length + (ended ? 1 : 0);
        _start += ended ? 1 : 0;
        Lines++;
        TooLong = true;
        LongLength = ended && last == (byte)'\r' ? length - 1 : length;
        line = _kept.AsSpan(0, (int)Math.Min(kept, LongLength));
        return true;
    }

    /// <summary>Reads more behind what is there, after making room; false at the end of the stream.</summary>
    private bool Fill()
    {
        if (_ended) return false;
        if (_start == _end) _start = _end = 0;
        if (_end == _buffer.Length)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            else
            {
                Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, (long)_maxLine + InitialBuffer));
            }
        }

        int read = _input.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
        return read > 0;
    }
}
