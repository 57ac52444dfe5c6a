using System.ComponentModel.DataAnnotations;

namespace Streaming.Ingest.WriteAhead;

/// <summary>Where events sent to the process are kept before they count: <c>Source:WriteAhead</c>, for <c>Source:Type=http</c>.</summary>
public sealed class WriteAheadOptions
{
    /// <summary>Folder of the log, made if it is missing; one process at a time writes it. Needed for <c>Source:Type=http</c>.</summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Bytes after which a new segment is begun, 4 KiB to 1 TiB; default 256 MiB. One begins with each day, UTC, too. Larger ones are fewer files, and take longer to be
    /// looked through at the start.
    /// </summary>
    [Range(1L << 12, 1L << 40)]
    public long SegmentBytes { get; set; } = 256L << 20;

    /// <summary>
    /// Most bytes written that the stream has not taken yet, 64 KiB to 1 TiB; default 256 MiB. Beyond it events are refused (429) until the stream catches up: more
    /// bridges longer bursts, and lets what is learned lag further behind.
    /// </summary>
    [Range(1L << 16, 1L << 40)]
    public long MaxBacklogBytes { get; set; } = 256L << 20;

    /// <summary>
    /// Milliseconds that the log waits for more before it writes and syncs, 0 to 1,000; default 0: what comes during one sync is written by the next. More means fewer
    /// syncs, and that each sender waits longer.
    /// </summary>
    [Range(0, 1000)]
    public int SyncMilliseconds { get; set; }

    /// <summary>
    /// Days that a segment is kept after its own, 0 to 36,500, even if every snapshot that is kept has all of its events; default 0: for ever. What was deleted cannot be
    /// learned again.
    /// </summary>
    [Range(0, 36_500)]
    public int RetainDays { get; set; }

    /// <summary>
    /// Most requests that are remembered by their <c>Idempotency-Key</c>, so that one that is sent again is not written again, 0 to 1,000,000; default 100,000. The oldest is given up for a new
    /// one. About 100 bytes each; 0 refuses the header.
    /// </summary>
    [Range(0, 1_000_000)]
    public int IdempotentRequests { get; set; } = 100_000;

    /// <summary>
    /// Minutes that such a key is remembered, 1 to 1,440; default 15. It bounds what a start looks through of the log: more covers senders that try for longer, and starts later.
    /// </summary>
    [Range(1, 1440)]
    public int IdempotencyMinutes { get; set; } = 15;
}
