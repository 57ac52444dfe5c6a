using Streaming.Abstractions.Events;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Graph;

/// <summary>A stage at work: its operator, and what happens around each batch.</summary>
internal sealed class StageNode(string id, string type, IOperator op, SnapshotCoordinator? snapshots, TimeProvider time)
{
    private long _busy;

    public string Id => id;

    public IOperator Operator => op;

    /// <summary>Time spent on batches so far. Readable from any thread.</summary>
    public TimeSpan Busy => TimeSpan.FromTicks(Volatile.Read(ref _busy));

    /// <summary>Works through the batch, then adds to its report and freezes at its barrier, in this order. Keeps nothing of it.</summary>
    public void Handle(EventBatch batch)
    {
        long begun = time.GetTimestamp();
        op.Process(batch);
        if (batch.Report is { } report)
        {
            if (report.IsFinal) op.Complete();
            op.Report(report.Add(id, type));
        }

        if (batch.Barrier > 0 && op is IStateful state) snapshots!.Contribute(batch.Barrier, id, state);
        Volatile.Write(ref _busy, _busy + time.GetElapsedTime(begun).Ticks);
    }
}
