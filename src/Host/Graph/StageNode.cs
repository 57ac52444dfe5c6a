using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Snapshots;
using Streaming.Host.Views;

namespace Streaming.Host.Graph;

/// <summary>A stage at work: its operator, and what happens around each batch.</summary>
internal sealed class StageNode(string id, string type, IOperator op, SnapshotCoordinator? snapshots, TimeProvider time)
{
    private readonly ulong _key = ControlMark.KeyOf(Encoding.UTF8.GetBytes(id));
    private long _busy;
    private IOperator _operator = op;
    private TaskCompletionSource? _renewal;
    private volatile bool _ended;

    public string Id => id;

    public IOperator Operator => _operator;

    /// <summary>Builds the operator anew, as it was before it had learned anything; null where no log says that it is to be.</summary>
    public Func<IOperator>? Create { get; init; }

    /// <summary>Takes what the stage publishes for views; null where it publishes nothing.</summary>
    public StagePublisher? Publisher { get; init; }

    /// <summary>Time spent on batches so far. Readable from any thread.</summary>
    public TimeSpan Busy => TimeSpan.FromTicks(Volatile.Read(ref _busy));

    /// <summary>Publishes its state where the batch says so, works through the batch, then adds to its report and freezes at its barrier, in this order. Keeps nothing of it.</summary>
    public void Handle(EventBatch batch)
    {
        long begun = time.GetTimestamp();
        if (batch.PublishAt > 0) Publisher?.Publish((IMergeableOperator)_operator, batch.PublishAt);
        _operator.Process(batch);
        if (batch.Control.Kind == ControlKind.Forget && _operator is IForgetful forgetful)
        {
            forgetful.Forget(batch.Control.User);
            Publisher?.Forget(batch.Control.User);
        }

        if (batch.Control.Kind == ControlKind.Reset && batch.Control.Stage == _key) Renew();
        if (batch.Report is { } report)
        {
            if (report.IsFinal) _operator.Complete();
            _operator.Report(report.Add(id, type));
        }

        if (batch.Barrier > 0 && _operator is IStateful state) snapshots!.Contribute(batch.Barrier, id, state);
        Volatile.Write(ref _busy, _busy + time.GetElapsedTime(begun).Ticks);
    }

    /// <summary>Waits for the control record that has the stage begin anew. From any thread; asked before the record is on its way.</summary>
    /// <returns>Ends when a fresh operator is in place; cancelled if no batch comes any more.</returns>
    public Task WhenRenewedAsync()
    {
        TaskCompletionSource renewal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task wait = (Interlocked.CompareExchange(ref _renewal, renewal, null) ?? renewal).Task;
        if (_ended) End();
        return wait;
    }

    private void Renew()
    {
        // The old one is left to its finalizers: a snapshot that is being written may still read its memory.
        _operator = Create!();
        Interlocked.Exchange(ref _renewal, null)?.TrySetResult();
    }

    /// <summary>No batch comes any more: whoever waits for a fresh operator waits no longer.</summary>
    public void End()
    {
        _ended = true;
        Interlocked.Exchange(ref _renewal, null)?.TrySetCanceled(CancellationToken.None);
    }
}
