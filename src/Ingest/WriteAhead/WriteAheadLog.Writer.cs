using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.WriteAhead;

/// <content>The one task that writes: takes what was appended, writes it, syncs it, and answers those who wait for it.</content>
public sealed partial class WriteAheadLog
{
    private async Task WriteAsync()
    {
        TimeSpan gather = TimeSpan.FromMilliseconds(_options.SyncMilliseconds);
        while (true)
        {
            await _work.WaitAsync(CancellationToken.None);
            if (gather > TimeSpan.Zero && ShouldGather()) await Task.Delay(gather, _time);
            while (Next() is { } block)
            {
                if (!TryCommit(block)) return;
            }

            lock (_gate)
            {
                if (_closing && _pending.Records == 0) return;
            }
        }
    }

    private bool ShouldGather()
    {
        lock (_gate) return _pending.Records > 0 && !_closing;
    }

    /// <summary>Takes what is pending, and lets further appends gather in the other block.</summary>
    private CommitBlock? Next()
    {
        lock (_gate)
        {
            if (_pending.Records == 0) return null;
            CommitBlock block = _pending;
            (_pending, _spare) = (_spare, block);
            _pending.Clear();
            return block;
        }
    }

    private bool TryCommit(CommitBlock block)
    {
        try
        {
            Segment segment = SegmentFor(block);
            long begun = _time.GetTimestamp();
            _file!.Write(block.Bytes);
            _file.Sync();
            Volatile.Write(ref _syncing, _syncing + _time.GetElapsedTime(begun).Ticks);
            Volatile.Write(ref _syncs, _syncs + 1);
            segment.Length += block.Bytes.Length;
            Volatile.Write(ref _durable, block.First + block.Records);
        }
        catch (Exception e)
        {
            Fail(e, block);
            return false;
        }

        block.Done.SetResult();
        Volatile.Read(ref _reader)?.Set();
        return true;
    }

    /// <summary>The segment that a block goes to: the last one, or a new one after a day or where the last is full.</summary>
    private Segment SegmentFor(CommitBlock block)
    {
        Segment? last;
        lock (_gate) last = _segments.Count == 0 ? null : _segments[^1];
        DateOnly day = DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(block.Arrived * TimeSpan.TicksPerMicrosecond));
        if (last is not null && (last.Length == 0 || (last.Day == day && last.Length + block.Bytes.Length <= _options.SegmentBytes))) return last;
        Segment segment = Segment.New(Folder, block.First, day, last is null ? 0 : last.Start + last.Length);
        _file?.Dispose();
        _file = _create(segment.Path);
        lock (_gate) _segments.Add(segment);
        return segment;
    }

    private void Fail(Exception e, CommitBlock block)
    {
        SourceException failure = new($"{Folder}: the write-ahead log cannot be written, and takes no more events: {e.Message} See to the disk, then start again.", e);
        CommitBlock pending;
        lock (_gate)
        {
            _failure = failure;
            pending = _pending;
        }

        block.Done.SetException(failure);
        pending.Done.SetException(failure);
        Volatile.Read(ref _reader)?.Set();
    }
}
