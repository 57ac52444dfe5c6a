using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;

namespace Streaming.Abstractions.Stages;

/// <summary>
/// One stage of the spine: reads events and earlier columns of a batch, writes its own columns, and learns. Synchronous work over spans, no
/// waiting, no clock.
/// </summary>
/// <remarks>
/// One caller at a time, events in order. For each event the columns are written before the event is learned from (prequential order). The result
/// never depends on where batches are cut. An operator that holds native memory is <see cref="IDisposable"/>; one with state is
/// <see cref="State.IStateful"/>.
/// </remarks>
public interface IOperator
{
    /// <summary>Works through the batch. Reads and writes it during the call only; keeps nothing of it.</summary>
    void Process(EventBatch batch);

    /// <summary>The stream has ended: what is still held back is finished.</summary>
    void Complete();

    /// <summary>Says what the stage has to say of the stream so far. Changes nothing.</summary>
    void Report(StageReport report);
}
