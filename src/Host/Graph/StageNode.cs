using Streaming.Abstractions.Events;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Graph;

/// <summary>A stage at work: its operator, and what happens around each batch.</summary>
internal sealed class StageNode(string id, string type, IOperator op, SnapshotCoordinator? snapshots)
{
    public string Id => id;

    public IOperator Operator => op;

    /// <summary>Works through the batch, then adds to its report and freezes at its barrier, in this order. Keeps nothing of it.</summary>
    public void Handle(EventBatch batch)
    {
        op.Process(batch);
        if (batch.Report is { } report)
        {
            if (report.IsFinal) op.Complete();
            op.Report(report.Add(id, type));
        }

        if (batch.Barrier > 0 && op is IStateful state) snapshots!.Contribute(batch.Barrier, id, state);
    }
}
