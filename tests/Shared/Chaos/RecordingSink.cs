using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;

namespace Streaming.Shared.Chaos;

/// <summary>Remembers the offsets it was given; can be slow (a gate it waits for) and can fail.</summary>
public sealed class RecordingSink : ISink
{
    public List<long> Offsets { get; } = [];

    public List<long> Flushes { get; } = [];

    /// <summary>Awaited before each batch.</summary>
    public Func<CancellationToken, Task> Before { get; init; } = _ => Task.CompletedTask;

    public long FailAt { get; init; } = -1;

    public Exception? Failure { get; init; }

    public bool Disposed { get; private set; }

    public async ValueTask WriteAsync(EventBatch batch, CancellationToken ct)
    {
        await Before(ct);
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.Events[i].Offset == FailAt) throw Failure!;
            Offsets.Add(batch.Events[i].Offset);
        }
    }

    public ValueTask FlushAsync(long epoch, CancellationToken ct)
    {
        Flushes.Add(epoch);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
