using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.WriteAhead;

/// <summary>How a source that follows a log waits for more of it: until there is some, or for so long, or until it is to stop.</summary>
/// <remarks>One waiter at a time. Nothing is polled: the log, the clock and the stop each wake the waiter.</remarks>
internal sealed class LiveWait : IDisposable
{
    private readonly WriteAheadLog _log;
    private readonly SourceContext _context;
    private readonly Wakeup _wakeup = new();
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _stop;

    /// <summary>A waiter for <paramref name="log"/>, by the clock and the stop of <paramref name="context"/>.</summary>
    public LiveWait(WriteAheadLog log, SourceContext context)
    {
        (_log, _context) = (log, context);
        _timer = context.Time.CreateTimer(_ => _wakeup.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stop = context.Stop.Register(_wakeup.Set);
        log.Notify(_wakeup);
    }

    /// <summary>Waits until <paramref name="records"/> has more; false if there is none by the end of <paramref name="patience"/>, or when the read is to stop.</summary>
    /// <param name="records">What is waited for.</param>
    /// <param name="since">A timestamp from which the patience counts.</param>
    /// <param name="patience">How long.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="SourceException">The log has failed.</exception>
    public async ValueTask<bool> UntilMoreAsync(SegmentReader records, long since, TimeSpan patience, CancellationToken ct)
    {
        while (true)
        {
            _log.ThrowIfFailed();
            if (_context.Stop.IsCancellationRequested) return false;
            if (records.HasMore) return true;
            TimeSpan left = patience - _context.Time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) return false;
            _timer.Change(left, Timeout.InfiniteTimeSpan);
            await _wakeup.WaitAsync(ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Notify(null);
        _stop.Dispose();
        _timer.Dispose();
    }
}
