using System.Threading.Channels;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;

namespace Streaming.Host.Snapshots;

/// <summary>
/// Gathers the parts of each snapshot as its barrier passes them, and writes it in the background when the last has come.
/// </summary>
/// <remarks>
/// At most two snapshots are under way, and only one once a part was too large to be copied: the stream waits at the next barrier rather than let copies of
/// its state pile up. What is frozen cannot be frozen again, and copying it would hold up the stage for longer than the wait holds up the source, which has
/// asked for more snapshots than the disk can take.
/// </remarks>
internal sealed class SnapshotCoordinator : IDisposable
{
    /// <summary>Section of the source position.</summary>
    public const string SourceSection = "@source";

    /// <summary>Section of what the source holds beside its position.</summary>
    public const string HeldSection = "@held";

    /// <summary>Section of the names of long ids.</summary>
    public const string NamesSection = "@names";

    private readonly ISnapshotStore _store;
    private readonly int _parts;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _underWay = new(2, 2);
    private readonly Dictionary<long, Pending> _pending = [];
    private readonly Channel<Pending> _complete = Channel.CreateUnbounded<Pending>(); // bounded by _underWay
    private readonly Lock _gate = new();
    private volatile bool _defers;
    private long _writing;
    private long _lastWriting;
    private long _lastBytes;
    private long _lastEnd;
    private long _longestPause;

    /// <param name="store">Where snapshots go.</param>
    /// <param name="parts">Number of contributions that make a snapshot complete.</param>
    /// <param name="time">Measures how long writing takes.</param>
    public SnapshotCoordinator(ISnapshotStore store, int parts, TimeProvider time) => (_store, _parts, _time, _lastEnd) = (store, parts, time, time.GetTimestamp());

    /// <summary>Snapshots on the disk.</summary>
    public int Written { get; private set; }

    /// <summary>Time spent on writing them. Readable from any thread, as the next.</summary>
    public TimeSpan Writing => TimeSpan.FromTicks(Volatile.Read(ref _writing));

    /// <summary>Time the last one took; zero before the first.</summary>
    public TimeSpan LastWriting => TimeSpan.FromTicks(Volatile.Read(ref _lastWriting));

    /// <summary>Bytes of the last one; 0 before the first.</summary>
    public long LastBytes => Volatile.Read(ref _lastBytes);

    /// <summary>Time since the last one was on the disk; before the first, since there was something to save.</summary>
    public TimeSpan Age => _time.GetElapsedTime(Volatile.Read(ref _lastEnd));

    /// <summary>Called when a snapshot is on the disk, with its number, one call at a time.</summary>
    public Action<long> OnWritten { get; init; } = _ => { };

    /// <summary>Longest time that a barrier has held up one part, which was freezing and copying its state meanwhile.</summary>
    public TimeSpan LongestPause => TimeSpan.FromTicks(Volatile.Read(ref _longestPause));

    /// <summary>Begins a snapshot; waits while two are under way, or one with state that was too large to copy. One caller at a time.</summary>
    public async ValueTask BeginAsync(long epoch, long events, CancellationToken ct)
    {
        await _underWay.WaitAsync(ct);
        if (_defers)
        {
            await _underWay.WaitAsync(ct); // no other is under way then
            _underWay.Release();
        }

        lock (_gate) _pending.Add(epoch, new Pending(epoch, events));
    }

    /// <summary>Takes in the state of one part, as it is now: the caller's thread is the one that works on it.</summary>
    public void Contribute(long epoch, string id, IStateful part)
    {
        long begun = _time.GetTimestamp();
        SnapshotSection section = SnapshotSection.Of(id, part, epoch);
        if (section.Content.IsDeferred) _defers = true;
        long pause = _time.GetElapsedTime(begun).Ticks;
        lock (_gate)
        {
            _longestPause = Math.Max(_longestPause, pause);
            Pending pending = _pending[epoch];
            pending.Sections.Add(section);
            if (pending.Sections.Count < _parts) return;
            _pending.Remove(epoch);
            _complete.Writer.TryWrite(pending);
        }
    }

    /// <summary>No further snapshot will begin; those under way are still written.</summary>
    public void Complete() => _complete.Writer.TryComplete();

    /// <summary>Writes complete snapshots until <see cref="Complete"/>, each on a thread of its own: the disk may take long, and stages need the pool's.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        await foreach (Pending pending in _complete.Reader.ReadAllAsync(ct))
        {
            await Task.Factory.StartNew(() => Write(pending), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Written++;
            OnWritten(pending.Epoch);
            _underWay.Release();
        }
    }

    /// <summary>Lets go of what was gathered and not written. No part contributes any more, and no snapshot is being written.</summary>
    public void Dispose()
    {
        while (_complete.Reader.TryRead(out Pending? pending)) pending.Dispose();
        foreach (Pending pending in _pending.Values) pending.Dispose();
        _pending.Clear();
        _underWay.Dispose();
    }

    private void Write(Pending pending)
    {
        using (pending)
        {
            pending.Sections.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id));
            long begun = _time.GetTimestamp();
            Volatile.Write(ref _lastBytes, _store.Write(pending.Epoch, pending.Events, pending.Sections));
            Volatile.Write(ref _lastWriting, _time.GetElapsedTime(begun).Ticks);
            Volatile.Write(ref _writing, _writing + _lastWriting);
            Volatile.Write(ref _lastEnd, _time.GetTimestamp());
        }
    }

    private sealed record Pending(long Epoch, long Events) : IDisposable
    {
        public List<SnapshotSection> Sections { get; } = [];

        public void Dispose()
        {
            foreach (SnapshotSection section in Sections) section.Dispose();
        }
    }
}

/// <summary>A source position as a part of a snapshot.</summary>
internal sealed class PositionState(SourcePosition position) : IStateful
{
    public string StateTag => "source-position";

    public int StateVersion => 2;

    public StateScope Scope => StateScope.Shard;

    public void Freeze(long epoch)
    {
    }

    public void Save(ref StateWriter writer) => position.Save(ref writer);

    public void Restore(ref StateReader reader, int version) => position.Restore(ref reader, version);
}
