using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// Where events sent to the process are kept before they count: files of JSON lines, each record with its number and the time of its arrival
/// (<c>"source":{"topic":0,"partition":0,"offset":N,"arrived":MICROS}</c>). Who appends is answered when the records are on the disk; a <see cref="WriteAheadSource"/> reads
/// nothing else. The files are an ordinary log: a replay of them in the order of the files gives the same events.
/// </summary>
/// <remarks>
/// <para>Group commit: what is appended while one sync is under way is written and synced by the next, so that any number of senders cost a sync each few milliseconds. One
/// file a day, UTC, and each <see cref="WriteAheadOptions.SegmentBytes"/>.</para>
/// <para>Repeats. An append with a key that one of the last appends had is not written again (<see cref="WriteAheadOptions.IdempotentRequests"/>). The key stands in the log, with the first record and the
/// number of them: after a crash an append is there with its key, whole, or not at all.</para>
/// <para>Failure. After a write or a sync that failed nobody knows what the disk has: the log has failed for good, every append fails, and so does the source. A start cuts
/// off what was written of an append that was never answered, and goes on counting.</para>
/// <para>Pressure. Appends are refused while the stream lags <see cref="WriteAheadOptions.MaxBacklogBytes"/> behind, or more waits for the disk than 16 MiB.
/// Safe from any thread; one process at a time.</para>
/// </remarks>
public sealed partial class WriteAheadLog : IAsyncDisposable
{
    /// <summary>Name of the file in its folder that says that a process has the log.</summary>
    public const string LockName = "wal.lock";

    /// <summary>Bytes that wait for the disk at which further appends are refused.</summary>
    public const int MaxPendingBytes = 16 << 20;

    private readonly Lock _gate = new();
    private readonly WriteAheadOptions _options;
    private readonly int _maxLine;
    private readonly TimeProvider _time;
    private readonly Func<string, ISegmentFile> _create;
    private readonly KeptKeys _kept;
    private readonly Wakeup _work = new();
    private List<Segment> _segments = [];
    private CommitBlock _pending = new();
    private CommitBlock _spare = new();
    private FileStream? _lock;
    private ISegmentFile? _file;
    private Task? _writer;
    private Wakeup? _reader;
    private SourceException? _failure;
    private bool _closing;
    private long _next;
    private long _arrived;
    private long _durable;
    private long _appended;
    private long _taken;
    private long _takenRecords;
    private long _opened;
    private long _syncs;
    private long _syncing;

    /// <summary>A log that is not open yet.</summary>
    /// <param name="options">Valid, with a folder.</param>
    /// <param name="maxLineBytes">Longest line of the log, bytes; what is sent may have 224 less, for the envelope and a key.</param>
    /// <param name="time">When records arrive; null for the system's.</param>
    public WriteAheadLog(WriteAheadOptions options, int maxLineBytes, TimeProvider? time = null)
        : this(options, maxLineBytes, time ?? TimeProvider.System, path => new SegmentFile(path))
    {
    }

    /// <summary>A log that writes to other files.</summary>
    internal WriteAheadLog(WriteAheadOptions options, int maxLineBytes, TimeProvider time, Func<string, ISegmentFile> create)
    {
        (_options, _maxLine, _time, _create) = (options, maxLineBytes - WriteAheadEnvelope.MaxBytes - WriteAheadEnvelope.MaxKeyBytes, time, create);
        _kept = new KeptKeys(options.IdempotentRequests, options.IdempotencyMinutes * 60_000_000L);
    }

    /// <summary>Where the log is.</summary>
    public string Folder => _options.Directory!;

    /// <summary>Whether appends may have a key.</summary>
    public bool KeepsKeys => _options.IdempotentRequests > 0;

    /// <summary>Records that are on the disk, counted from the log's beginning: the number of the next one.</summary>
    public long DurableRecords => Volatile.Read(ref _durable);

    /// <summary>Bytes appended that the stream has not taken yet.</summary>
    public long BacklogBytes
    {
        get
        {
            lock (_gate) return _appended - _taken;
        }
    }

    /// <summary>How it stands. From any thread.</summary>
    public WriteAheadCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return new WriteAheadCounts(
                    DurableRecords - _opened, Volatile.Read(ref _syncs), TimeSpan.FromTicks(Volatile.Read(ref _syncing)), _next - _takenRecords, _appended - _taken, _segments.Count, _kept.Count);
            }
        }
    }

    /// <summary>What the disk said when the log failed; null while it works.</summary>
    public SourceException? Failure => Volatile.Read(ref _failure);

    /// <summary>Opens the log: takes its folder, cuts a torn end off, counts the records, and begins to write. Does nothing if it is open.</summary>
    /// <exception cref="SourceException">Another process has it, it cannot be read or written, or it is damaged before its end.</exception>
    public void Open()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            if (_writer is not null) return;
            try
            {
                DurableFolder.Create(Folder);
                _lock = Lock();
                _segments = Segment.In(Folder);
                if (_segments.Count > 0)
                {
                    Segment last = _segments[^1];
                    KeyScan.Run(_segments, Micros(_time.GetUtcNow()) - (_options.IdempotencyMinutes * 60_000_000L), _kept);
                    (_next, _arrived) = SegmentRecovery.Run(last, _kept);
                    _file = _create(last.Path);
                    _appended = _taken = last.Start + last.Length;
                }
            }
            catch (Exception e)
            {
                _lock?.Dispose();
                _lock = null;
                if (e is UnauthorizedAccessException || (e is IOException and not SourceException)) throw new SourceException($"{Folder}: the write-ahead log cannot be opened: {e.Message}", e);
                throw;
            }

            _opened = _takenRecords = _next;
            Volatile.Write(ref _durable, _next);
            _writer = Task.Run(WriteAsync);
        }
    }

    /// <summary>
    /// Appends records, a line each, and returns when they are on the disk. All or none of them are taken. Linear in their bytes; safe from any thread.
    /// </summary>
    /// <param name="lines">JSON lines; only read until the task completes. Lines with nothing in them are passed over.</param>
    /// <param name="ct">Gives up waiting; the records may be taken all the same.</param>
    /// <exception cref="SourceException">The disk has failed: whether the records were taken, the next start shows.</exception>
    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken ct = default) => AppendAsync(lines, null, ct);

    /// <summary>Appends records that are one request of a sender, as above; nothing is written where they were appended under this key before.</summary>
    /// <param name="lines">JSON lines; only read until the task completes.</param>
    /// <param name="key">What the sender calls the request, the same when it sends it again; null for one that it will not.</param>
    /// <param name="ct">Gives up waiting; the records may be taken all the same.</param>
    /// <exception cref="SourceException">The disk has failed: whether the records were taken, the next start shows.</exception>
    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> lines, string? key, CancellationToken ct)
    {
        AppendResult result = LineFraming.Check(lines.Span, _maxLine, out long bytes);
        if (result.Status != AppendStatus.Accepted) return ValueTask.FromResult(result);
        return AppendAsync(lines, key is null ? default : new WriteAheadPlace { Key = AppendKey.Of(key, lines.Span), Records = result.Records }, result, bytes, ct);
    }

    /// <summary>
    /// Appends a control record of the engine's own, however far behind the stream is, and returns when it is on the disk: the stream does what it says there, and so does every replay. From any thread.
    /// </summary>
    /// <param name="record">A JSON object in one line; only read until the task completes.</param>
    /// <param name="ct">Gives up waiting; the record may be taken all the same.</param>
    /// <exception cref="SourceException">The disk has failed: whether the record was taken, the next start shows.</exception>
    public ValueTask<AppendResult> AppendMarkAsync(ReadOnlyMemory<byte> record, CancellationToken ct) =>
        AppendAsync(record, new WriteAheadPlace { IsOwn = true }, new AppendResult(AppendStatus.Accepted, 1, []), record.Length + WriteAheadEnvelope.MaxBytes, ct);

    /// <summary>
    /// Deletes segments that are older than <see cref="WriteAheadOptions.RetainDays"/> and whose records all lie before <paramref name="record"/>. The last segment stays. From
    /// any thread.
    /// </summary>
    /// <param name="record">Number of the first record that may still be needed: where the oldest snapshot that is kept would go on.</param>
    /// <returns>Segments deleted.</returns>
    /// <exception cref="IOException">One cannot be deleted.</exception>
    public int Trim(long record)
    {
        if (_options.RetainDays == 0) return 0;
        DateOnly oldest = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).AddDays(-_options.RetainDays);
        int deleted = 0;
        lock (_gate)
        {
            while (_segments.Count > 1 && _segments[1].First <= record && _segments[0].Day < oldest)
            {
                File.Delete(_segments[0].Path);
                _segments.RemoveAt(0);
                deleted++;
            }
        }

        if (deleted > 0) DurableFolder.Sync(Folder);
        return deleted;
    }

    /// <summary>Takes no more, writes what was appended, and gives the folder back.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _closing = true;
        _work.Set();
        if (_writer is not null) await _writer;
        _file?.Dispose();
        _lock?.Dispose();
    }

    private async ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> lines, WriteAheadPlace place, AppendResult result, long bytes, CancellationToken ct)
    {
        Task done;
        lock (_gate)
        {
            if (_failure is not null) throw _failure;
            if (_closing || _writer is null) return result with { Status = AppendStatus.Closed };
            if (result.Records == 0) return result;
            long now = Math.Max(_arrived, Micros(_time.GetUtcNow())); // a clock that is set back does not bring records back in time
            if (place.Key is { } key && _kept.TryFind(key.Id, now, out KeptAppend before))
            {
                if (before.Key.Body != key.Body) return result with { Status = AppendStatus.OtherContent };
                (result, done) = (result with { Status = AppendStatus.Repeated, Records = before.Records }, before.Done);
            }
            else
            {
                if (place.Key is not null) bytes += WriteAheadEnvelope.MaxKeyBytes;
                if (!place.IsOwn && (_appended - _taken >= _options.MaxBacklogBytes || !_pending.HasRoom(bytes))) return result with { Status = AppendStatus.Full };
                _arrived = now;
                _appended += _pending.Add(lines.Span, result.Records, bytes, place with { Offset = _next, Arrived = now });
                _next += result.Records;
                done = _pending.Done.Task;
                if (place.Key is { } added) _kept.Add(new KeptAppend(added, result.Records, now, done));
            }
        }

        _work.Set();
        await done.WaitAsync(ct);
        return result;
    }

    private static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private FileStream Lock()
    {
        string path = Path.Combine(Folder, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new SourceException($"{path}: cannot be taken, as when another process has the write-ahead log: {e.Message}", e);
        }
    }
}
