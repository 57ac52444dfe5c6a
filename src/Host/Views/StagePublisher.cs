using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Stages;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Views;

/// <summary>
/// Publishes the state of one stage of one shard: keeps the newest for views to be made of, and the memory of those before for those to come.
/// </summary>
/// <remarks>
/// The stage calls <see cref="Publish"/> and <see cref="Forget"/> on its own thread; the rest may be called from any. Publishing marks what is large and copies the rest, as
/// at a barrier (docs/adr/0009); another thread then makes the copy. A stage whose copy before is not finished waits for it: records come faster than they can be published.
/// Memory: the newest state, the one being copied, and one that is read.
/// </remarks>
/// <param name="shard">Number of the shard.</param>
/// <param name="names">Gives its keys their names.</param>
/// <param name="time">Measures how long the stage is held up; never reaches a result.</param>
internal sealed class StagePublisher(int shard, EntityKeyCodec names, TimeProvider time) : IDisposable
{
    private static long _published;

    private readonly Lock _gate = new();
    private readonly Stack<PublishedState> _free = [];
    private PublishedState? _newest;
    private PublishedState? _next;
    private Task _copying = Task.CompletedTask;
    private long _held;
    private long _longestHeld;
    private bool _ended;

    /// <summary>Number of the shard.</summary>
    public int Shard => shard;

    /// <summary>Gives the shard's keys their names.</summary>
    public EntityKeyCodec Names => names;

    /// <summary>Time for which publishing has held the stage up. Readable from any thread, as the next.</summary>
    public TimeSpan Held => TimeSpan.FromTicks(Volatile.Read(ref _held));

    /// <summary>The longest of these times.</summary>
    public TimeSpan LongestHeld => TimeSpan.FromTicks(Volatile.Read(ref _longestHeld));

    /// <summary>Publishes the state as it is now.</summary>
    /// <param name="part">The stage's operator.</param>
    /// <param name="records">Records of the shard that it has seen.</param>
    public void Publish(IMergeableOperator part, long records)
    {
        long begun = time.GetTimestamp();
        _copying.GetAwaiter().GetResult();
        SnapshotSection section = SnapshotSection.Of(part.StateTag, part, epoch: 0);
        PublishedState state = Begin(records);
        if (section.Content.IsDeferred) _copying = Task.Run(() => Copy(section, state)); // a thread of its own would be waited for until it has started
        else Copy(section, state);
        long held = time.GetElapsedTime(begun).Ticks;
        Volatile.Write(ref _held, _held + held);
        Volatile.Write(ref _longestHeld, Math.Max(_longestHeld, held));
    }

    /// <summary>Waits until what was published last has been copied, well or not.</summary>
    public void WaitForCopy() => Task.WhenAny(_copying).Wait();

    /// <summary>A user was forgotten after what is published: the views forget them, too.</summary>
    public void Forget(ulong user)
    {
        lock (_gate)
        {
            _newest?.Forgotten.Add(user);
            _next?.Forgotten.Add(user);
        }
    }

    /// <summary>The newest published state, to be given back; null before the first.</summary>
    public PublishedPart? Take()
    {
        lock (_gate)
        {
            if (_newest is not { } newest) return null;
            newest.Holders++;
            return new PublishedPart(this, newest, [.. newest.Forgotten]);
        }
    }

    /// <summary>Gives back what <see cref="Take"/> gave.</summary>
    public void GiveBack(PublishedState state)
    {
        lock (_gate)
        {
            if (--state.Holders > 0) return;
            if (_ended) state.Dispose();
            else _free.Push(state);
        }
    }

    /// <summary>The stage publishes nothing any more, and nothing of it is read that was not taken before. Waits for a copy that is under way.</summary>
    public void Dispose()
    {
        WaitForCopy();
        PublishedState? newest;
        lock (_gate)
        {
            (newest, _newest, _ended) = (_newest, null, true);
            while (_free.TryPop(out PublishedState? free)) free.Dispose();
        }

        if (newest is not null) GiveBack(newest);
    }

    private PublishedState Begin(long records)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out PublishedState? state)) state = new PublishedState();
            state.Begin(records, Interlocked.Increment(ref _published));
            return _next = state;
        }
    }

    private void Copy(SnapshotSection section, PublishedState state)
    {
        using (section) state.Fill(section.Content);
        PublishedState? before;
        lock (_gate) (before, _newest, _next) = (_newest, state, null);
        if (before is not null) GiveBack(before);
    }
}
