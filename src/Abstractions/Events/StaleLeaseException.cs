namespace Streaming.Abstractions.Events;

/// <summary>A batch was used through a lease that had been released: a defect of the caller, never of the data.</summary>
public sealed class StaleLeaseException(int slot, int held, int current)
    : InvalidOperationException($"Batch {slot} was used with generation {held}, but it is at generation {current}: the lease was released before.");
