using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>
/// Cuts a stream of bytes into records: lines, which LF or CR LF ends, or paragraphs, runs of lines up to an empty one; the end of the stream ends the
/// last. One buffer is reused for everything; nothing is allocated a record. A record beyond the limit is passed over in constant memory: its beginning
/// and its length are kept.
/// </summary>
/// <remarks>
/// A paragraph keeps the line ends inside it; the empty lines around it belong to none, and the one that ends it is passed with it. Synchronous; one
/// caller at a time. Does not own the stream.
/// </remarks>
internal sealed class LineReader
{
    /// <summary>Bytes kept of a record that is too long.</summary>
    public const int KeptBytes = RecordIntake.KeptBytes;

    private const int InitialBuffer = 256 * 1024;

    private readonly Stream _input;
    private readonly int _maxRecord;
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(InitialBuffer);
    private byte[]? _kept;
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>A reader of <paramref name="input"/> from where it stands.</summary>
    /// <param name="input">Read synchronously.</param>
    /// <param name="maxRecord">Longest record, in bytes without its end.</param>
    /// <param name="bytes">Bytes before it, for <see cref="Bytes"/>.</param>
    /// <param name="lines">Lines before it, for <see cref="Lines"/>.</param>
    public LineReader(Stream input, int maxRecord, long bytes = 0, long lines = 0) => (_input, _maxRecord, Bytes, Lines) = (input, maxRecord, bytes, lines);

    /// <summary>What a record is. To be set before the first one is read; lines by default.</summary>
    public Framing Framing { get; set; }

    /// <summary>Bytes passed, line ends included: where to go on from.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lines passed, empty ones included.</summary>
    public long Lines { get; private set; }

    /// <summary>1-based number of the first line of the record just read.</summary>
    public long FirstLine { get; private set; }

    /// <summary>Whether the record just read is beyond the limit; what was given of it is its beginning.</summary>
    public bool TooLong { get; private set; }

    /// <summary>Whole length of a record that is beyond the limit.</summary>
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

    /// <summary>The next record without its end; valid until the next call. False at the end of the stream.</summary>
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        if (Framing == Framing.Paragraph) return TryReadParagraph(out record);
        ReadOnlySpan<byte> ready = _buffer.AsSpan(_start, _end - _start);
        int length = ready.IndexOf((byte)'\n');
        if (length < 0 || length > _maxRecord) return TryReadSlow(out record);
        _start += length + 1;
        Bytes += length + 1;
        FirstLine = ++Lines;
        TooLong = false;
        record = length > 0 && ready[length - 1] == (byte)'\r' ? ready[..(length - 1)] : ready[..length];
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
            if (length > _maxRecord + 1) return PassLong(out line);
            if (at >= 0) return TakeLine(length, 1, out line);
            searched = length;
            if (Fill()) continue;
            if (length > 0) return TakeLine(length, 0, out line);
            line = default;
            return false;
        }
    }

    private bool TakeLine(int length, int end, out ReadOnlySpan<byte> line)
    {
        bool carriage = end == 1 && length > 0 && _buffer[_start + length - 1] == (byte)'\r';
        return Take(length - (carriage ? 1 : 0), length + end, 1, out line);
    }

    private bool TryReadParagraph(out ReadOnlySpan<byte> record)
    {
        PassEmptyLines();
        int searched = 0, lineStart = 0, end = 0, lines = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                int next = searched + at, content = next > lineStart && _buffer[_start + next - 1] == (byte)'\r' ? next - 1 : next;
                lines++;
                searched = next + 1;
                if (content == lineStart) return Take(end, searched, lines, out record);
                if (content > _maxRecord) return PassLong(out record);
                (end, lineStart) = (content, searched);
                continue;
            }

            searched = _end - _start;
            // The last line may yet turn out to be an empty one: of the bytes beyond the limit, up to three are then line ends and its CR.
            if (searched > _maxRecord + 3) return PassLong(out record);
            if (Fill()) continue;
            if (searched > lineStart) (end, lines) = (searched, lines + 1);
            record = default;
            return searched > 0 && Take(end, searched, lines, out record);
        }
    }

    private void PassEmptyLines()
    {
        while (true)
        {
            ReadOnlySpan<byte> next = Peek(2);
            int end = next is [(byte)'\n', ..] ? 1 : next is [(byte)'\r', (byte)'\n', ..] ? 2 : 0;
            if (end == 0) return;
            _start += end;
            Bytes += end;
            Lines++;
        }
    }

    /// <summary>Gives the next <paramref name="length"/> bytes as a record and passes <paramref name="bytes"/>.</summary>
    private bool Take(int length, int bytes, int lines, out ReadOnlySpan<byte> record)
    {
        TooLong = length > _maxRecord;
        LongLength = length;
        record = _buffer.AsSpan(_start, TooLong ? Math.Min(length, KeptBytes) : length);
        FirstLine = Lines + 1;
        _start += bytes;
        Bytes += bytes;
        Lines += lines;
        return true;
    }

    /// <summary>Passes over a record that is beyond the limit, of which nothing was passed yet.</summary>
    private bool PassLong(out ReadOnlySpan<byte> record)
    {
        _kept ??= new byte[KeptBytes];
        long passed = 0, lineStart = 0, end = 0;
        byte last = 0;
        FirstLine = Lines + 1;
        while (true)
        {
            ReadOnlySpan<byte> ready = _buffer.AsSpan(_start, _end - _start);
            int at = ready.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = at < 0 ? ready : ready[..(at + 1)];
            if (passed < KeptBytes) part[..(int)Math.Min(part.Length, KeptBytes - passed)].CopyTo(_kept.AsSpan((int)passed));
            if (at != 0 && part.Length > 0) last = part[^(at < 0 ? 1 : 2)];
            _start += part.Length;
            passed += part.Length;
            if (at < 0)
            {
                if (Fill()) continue;
                if (passed > lineStart) (end, Lines) = (passed, Lines + 1);
                break;
            }

            Lines++;
            long content = passed - 1 > lineStart && last == (byte)'\r' ? passed - 2 : passed - 1;
            if (content == lineStart) break;
            (end, lineStart) = (content, passed);
            if (Framing == Framing.Line) break;
        }

        Bytes += passed;
        TooLong = true;
        LongLength = end;
        record = _kept.AsSpan(0, (int)Math.Min(KeptBytes, end));
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
                Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, (long)_maxRecord + InitialBuffer));
            }
        }

        int read = _input.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
        return read > 0;
    }
}
