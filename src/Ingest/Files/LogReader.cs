using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Joining;

namespace Streaming.Ingest.Files;

/// <summary>
/// Reads several files as one log, record by record in their order, into whatever batch it is given: opens files, tells the format, reads headers, decodes,
/// applies the value gate, counts. What it has counted is <see cref="Position"/>.
/// </summary>
/// <remarks>One caller at a time. Every failure of a file is a <see cref="SourceException"/> that names it.</remarks>
internal sealed class LogReader : IDisposable
{
    private readonly IReadOnlyList<string> _paths;
    private readonly SourceOptions _options;
    private readonly Func<Stream> _standardInput;
    private readonly RecordIntake _intake;
    private long _totalBytes;
    private long _closedBytes;
    private IEventFormat? _format;
    private LogFile? _file;
    private LineReader? _lines;
    private int _fileIndex;
    private bool _headerDue;

    /// <summary>A reader at the start of the log.</summary>
    /// <param name="paths">Files, as <see cref="FileSet.Expand"/> gives them.</param>
    /// <param name="options">Format and gate.</param>
    /// <param name="keys">Gives ids their keys.</param>
    /// <param name="standardInput">Opens the standard input.</param>
    /// <param name="join">What events pass before they are in the stream; null: all records become events, rewards too.</param>
    /// <param name="keepRecords">Whether batches carry the good records as they came.</param>
    public LogReader(IReadOnlyList<string> paths, SourceOptions options, EntityKeyCodec keys, Func<Stream> standardInput, RewardJoin? join, bool keepRecords = false)
    {
        (_paths, _options, _standardInput) = (paths, options, standardInput);
        _intake = new RecordIntake(options, keys, join, keepRecords);
        _totalBytes = paths.Contains(FileSet.StandardInput) ? -1 : paths.Sum(LogFile.LengthOf);
    }

    /// <summary>
    /// The place right after the last record, and what was counted up to it; <see cref="PartitionPosition.Time"/> is the time of the last good record.
    /// </summary>
    public PartitionPosition Position => _intake.Position;

    /// <summary>Records filtered and rejected so far; those that the join rejected left out.</summary>
    public long LeftOut => _intake.LeftOut;

    /// <summary>The first bad record this reader met.</summary>
    public BadRecord? FirstBad { get; private set; }

    /// <summary>Share of the bytes read, 0 to 1; NaN once a pipe is met.</summary>
    public double Share => _totalBytes switch
    {
        < 0 => double.NaN,
        0 => 1,
        _ => Math.Min(1, (_closedBytes + (_file?.BytesRead ?? 0)) / (double)_totalBytes),
    };

    /// <summary>
    /// Goes to <paramref name="to"/>, a position of this log: seeks in a plain file, and passes over the lines before it in one that is decompressed or
    /// piped. The file's header is read again.
    /// </summary>
    public void Seek(PartitionPosition to)
    {
        for (int i = 0; i < to.File; i++) _closedBytes += _totalBytes < 0 ? 0 : LogFile.LengthOf(_paths[i]);
        _intake.GoOnFrom(to);
        try
        {
            OpenAt(to);
        }
        catch (Exception e) when (LogFile.IsReadFailure(e))
        {
            throw Failure(e);
        }
    }

    /// <summary>
    /// Reads on until the batch has <paramref name="events"/> events or 1,024 rejections, or <paramref name="records"/> records were read in all, or
    /// <paramref name="leftOut"/> left out in all. False at the end of the log.
    /// </summary>
    public bool Read(EventBatch batch, int events, long records, long leftOut, CancellationToken ct)
    {
        int before = batch.Count;
        try
        {
            return ReadRecords(batch, events, records, leftOut, ct);
        }
        catch (Exception e) when (LogFile.IsReadFailure(e))
        {
            throw Failure(e);
        }
        finally
        {
            _intake.Count(batch.Count - before);
        }
    }

    /// <summary>After the last record: lets what waits in the join enter the stream, up to <paramref name="events"/> events. False when nothing waits.</summary>
    public bool ReadRest(EventBatch batch, int events)
    {
        int before = batch.Count;
        bool more = _intake.Finish(batch, events);
        _intake.Count(batch.Count - before);
        return more;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private SourceException Failure(Exception e) => LogFile.Failure(_file?.Path ?? _paths[_fileIndex], e);

    private bool ReadRecords(EventBatch batch, int events, long records, long leftOut, CancellationToken ct)
    {
        while (_lines is not null || NextFile())
        {
            if (ReadLines(_lines!, batch, events, records, leftOut, ct)) return true;
            if (_file!.HasShrunk) throw new SourceException($"{_file.Path}: became shorter while it was read, so records are missing. Start again on the whole log.");
            CloseFile();
        }

        return false;
    }

    /// <summary>Reads lines of the open file; false at its end.</summary>
    private bool ReadLines(LineReader lines, EventBatch batch, int events, long records, long leftOut, CancellationToken ct)
    {
        const int LinesBetweenChecks = 8192;
        int untilCheck = LinesBetweenChecks;
        while (Position.Records < records && LeftOut < leftOut && _intake.IsReady(batch, events))
        {
            if (!lines.TryRead(out ReadOnlySpan<byte> line)) return false;
            if (--untilCheck == 0)
            {
                ct.ThrowIfCancellationRequested();
                untilCheck = LinesBetweenChecks;
            }

            if (line.IsEmpty) continue;
            if (_headerDue && IsHeader(lines, line)) continue;
            DecodeError error = new(RejectionReason.LineTooLong, string.Empty);
            if (lines.TooLong) _intake.Reject(batch, error, line, lines.LongLength, lines.FirstLine);
            else error = _intake.Take(batch, events, _format!, line, lines.FirstLine);
            if (error.Reason != RejectionReason.None) FirstBad ??= new BadRecord(_file!.Path, lines.FirstLine, error);
            (Position.File, Position.Bytes, Position.Lines) = (_fileIndex, lines.Bytes, lines.Lines);
        }

        return true;
    }

    private bool IsHeader(LineReader lines, ReadOnlySpan<byte> line)
    {
        _headerDue = false;
        if (lines.TooLong || !_format!.TryReadHeader(line, out DecodeError error)) return false;
        if (error.Reason != RejectionReason.None) throw new SourceException($"{_file!.Path}: {FormatDetector.HeaderFailure(line, error, _options)}");
        return true;
    }

    /// <summary>Opens the file after the one before; false after the last.</summary>
    private bool NextFile()
    {
        if (_fileIndex == _paths.Count) return false;
        OpenFile();
        return true;
    }

    private void OpenFile()
    {
        _file = LogFile.Open(_paths[_fileIndex], _standardInput);
        if (_file.IsPiped) _totalBytes = -1;
        _lines = new LineReader(_file.Content, _options.MaxLineBytes);
        _lines.SkipByteOrderMark();
        _headerDue = true;
        if (_format is null) TellFormat(_lines, _file.Path);
        _lines.Framing = _format?.Framing ?? Framing.Line;
    }

    private void TellFormat(LineReader lines, string path)
    {
        ReadOnlySpan<byte> sample = _options.Format is null ? lines.Peek(FormatDetector.SampleBytes) : default;
        // An empty file, or one of empty lines, says nothing about the others.
        if (_options.Format is null && sample.Length < FormatDetector.SampleBytes && !sample.ContainsAnyExcept("\r\n"u8)) return;
        Detection detection = FormatDetector.Detect(sample, path, _options);
        _format = detection.Format ?? throw new SourceException(detection.Failure!);
    }

    private void CloseFile()
    {
        _closedBytes += _file!.BytesRead;
        _file.Dispose();
        (_file, _lines) = (null, null);
        _fileIndex++;
    }

    private void OpenAt(PartitionPosition to)
    {
        // The format was told by the first file that is not empty.
        for (; _options.Format is null && _format is null && _fileIndex < to.File; _fileIndex++)
        {
            OpenFile();
            _file!.Dispose();
        }

        _fileIndex = to.File;
        OpenFile();
        while (_headerDue && _lines!.Lines < to.Lines && _lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (!line.IsEmpty) IsHeader(_lines, line);
        }

        if (_file!.IsSeekable && to.Bytes > _lines!.Bytes)
        {
            _file.Content.Position = to.Bytes;
            _lines = new LineReader(_file.Content, _options.MaxLineBytes, to.Bytes, to.Lines) { Framing = _lines.Framing };
        }

        while (_lines!.Lines < to.Lines && _lines.TryRead(out _))
        {
        }

        // Where there is no length to compare (a pipe), only this tells that it is another log.
        if (_lines.Bytes == to.Bytes && _lines.Lines == to.Lines) return;
        throw new SourceException($"{_file.Path}: the snapshot was taken after line {to.Lines}, byte {to.Bytes}; the log has line {_lines.Lines} end at byte "
            + $"{_lines.Bytes}, so it is another. Resume with the log as it was, or start over without --resume.");
    }
}
