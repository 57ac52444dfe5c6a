namespace Streaming.Ingest.WriteAhead;

/// <summary>Where events sent to the process are kept before they count.</summary>
public sealed class WriteAheadLog;
