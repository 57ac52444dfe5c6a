namespace Streaming.Ingest.WriteAhead;

/// <summary>How a write-ahead log stands.</summary>
/// <param name="Records">Records written since it was opened; only grows, as what follows up to <paramref name="Syncing"/>.</param>
/// <param name="Syncs">Times that what had gathered was written and synced.</param>
/// <param name="Syncing">Time spent on that.</param>
/// <param name="BacklogRecords">Records accepted that the stream has not taken yet.</param>
/// <param name="BacklogBytes">What they take in the log, bytes.</param>
/// <param name="Segments">Files there are.</param>
/// <param name="Keys">Keys of requests that are remembered.</param>
public readonly record struct WriteAheadCounts(long Records, long Syncs, TimeSpan Syncing, long BacklogRecords, long BacklogBytes, int Segments, int Keys);
