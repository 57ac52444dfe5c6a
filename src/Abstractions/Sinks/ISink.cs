using Streaming.Abstractions.Events;

namespace Streaming.Abstractions.Sinks;

/// <summary>Where results go.</summary>
/// <remarks>
/// One caller at a time, batches in order. A batch is only read, and only until the returned task has completed; it is shared with other sinks.
/// Writing the same event again (same partition and offset) after a resume must not add to what is there: file sinks are
/// <see cref="State.IStateful"/>, save their length at the barrier, and truncate to it.
/// </remarks>
public interface ISink : IAsyncDisposable
{
    /// <summary>Takes what it wants of the batch.</summary>
    ValueTask WriteAsync(EventBatch batch, CancellationToken ct);

    /// <summary>
    /// The sink wants a report with the batch that ends each multiple of so many records; 0 for none. The source ends a batch there, so that a replay has the same reports.
    /// </summary>
    long ReportEvery => 0;

    /// <summary>Whether the sink writes the records as they came (<see cref="EventBatch.Records"/>).</summary>
    bool NeedsRecords => false;

    /// <summary>What was taken goes to somebody else: nothing is written any more, and <see cref="IAsyncDisposable.DisposeAsync"/> drops what is not written yet.</summary>
    void Abandon()
    {
    }

    /// <summary>Makes durable everything written so far: at each barrier, and with epoch 0 at the end of the stream.</summary>
    ValueTask FlushAsync(long epoch, CancellationToken ct);
}
