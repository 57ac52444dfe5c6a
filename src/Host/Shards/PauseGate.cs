namespace Streaming.Host.Shards;

/// <summary>A gate that streams pass between two batches: open at first. Safe from any thread.</summary>
internal sealed class PauseGate : IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _closed;

    /// <summary>Whether streams wait here.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate) return _closed is not null;
        }
    }

    /// <summary>Closes the gate; false if it was closed.</summary>
    public bool Close()
    {
        lock (_gate)
        {
            if (_closed is not null) return false;
            _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Opens it; false if it was open.</summary>
    public bool Open()
    {
        lock (_gate)
        {
            if (_closed is null) return false;
            _closed.SetResult();
            _closed = null;
            return true;
        }
    }

    /// <summary>Passes at once where the gate is open, else when it opens or <paramref name="stop"/> is cancelled.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled while waiting.</exception>
    public ValueTask WaitAsync(CancellationToken stop, CancellationToken ct)
    {
        lock (_gate) return _closed is null ? ValueTask.CompletedTask : new ValueTask(WaitAsync(_closed.Task, stop, ct));
    }

    /// <inheritdoc/>
    public void Dispose() => Open();

    private static async Task WaitAsync(Task opened, CancellationToken stop, CancellationToken ct)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        try
        {
            await opened.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Stopped: the stream goes on to its end.
        }
    }
}
