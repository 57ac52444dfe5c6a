using System.Runtime.ExceptionServices;

namespace Streaming.Host.Graph;

/// <summary>A part of the graph failed.</summary>
internal sealed class PipelineFaultException(string part, Exception inner) : Exception($"{part} failed: {inner.Message}", inner)
{
    /// <summary>What failed: <c>stage mf</c>, <c>sink events</c>, <c>the source</c>.</summary>
    public string Part => part;

    /// <summary>The same fault, of a part of this shard.</summary>
    public PipelineFaultException OfShard(int shard) => new($"shard {shard}, {part}", InnerException!);
}

/// <summary>
/// Turns the first fault anywhere in the graph into cancellation of everything else. Without it a faulted Dataflow block would leave its producer
/// waiting for ever, and an <see cref="OperationCanceledException"/> that nobody asked for would count as success.
/// </summary>
internal sealed class FaultGuard : IDisposable
{
    private readonly CancellationTokenSource _cancel;
    private PipelineFaultException? _first;

    public FaultGuard(CancellationToken outer) => _cancel = CancellationTokenSource.CreateLinkedTokenSource(outer);

    /// <summary>Cancelled at the first fault, or from outside.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>Reports a fault of <paramref name="part"/>. Later ones, and cancellations that follow from the first, are consequences and ignored.</summary>
    public void Fail(string part, Exception exception)
    {
        if (exception is OperationCanceledException && Token.IsCancellationRequested) return;
        Exception cause = exception is OperationCanceledException
            ? new InvalidOperationException("it threw an OperationCanceledException although nothing was cancelled.", exception)
            : exception;
        if (Interlocked.CompareExchange(ref _first, new PipelineFaultException(part, cause), null) is null) _cancel.Cancel();
    }

    /// <summary>Runs background work off the caller's thread; a fault of it is reported, never thrown.</summary>
    public async Task WatchAsync(string part, Func<CancellationToken, Task> work)
    {
        try
        {
            await Task.Run(() => work(Token), CancellationToken.None);
        }
        catch (Exception e)
        {
            Fail(part, e);
        }
    }

    /// <summary>Throws the first fault, if there was one; else, if cancelled from outside, that.</summary>
    public void ThrowIfFailed()
    {
        if (_first is not null) ExceptionDispatchInfo.Throw(_first);
        Token.ThrowIfCancellationRequested();
    }

    public void Dispose() => _cancel.Dispose();
}
