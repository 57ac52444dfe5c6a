namespace Streaming.Sinks;

/// <summary>What became of the messages of a sink since it was made.</summary>
/// <param name="Queued">Handed to the client, and neither confirmed nor given up yet.</param>
/// <param name="Delivered">Confirmed by the brokers; only grows. Those of a transaction that is aborted later are among them.</param>
/// <param name="Failed">Given up; only grows. The first one ends the run.</param>
public readonly record struct DeliveryCounts(long Queued, long Delivered, long Failed);
