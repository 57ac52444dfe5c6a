using System.ComponentModel.DataAnnotations;

namespace Streaming.Host.Worker;

/// <summary>Options under <c>Worker</c>: the life of a process that <c>streaming run</c> starts.</summary>
internal sealed class WorkerOptions
{
    /// <summary>
    /// Seconds that a stop may take, 1 to 3,600; default 30: to work through what was taken, to write a snapshot of every shard and to leave the group. After that the process ends
    /// as if it had been killed, which costs no more than the work since the last snapshot. Keep it below what the supervisor of the process allows.
    /// </summary>
    [Range(1.0, 3600.0)]
    public double ShutdownSeconds { get; set; } = 30;

    /// <summary>Milliseconds that a batch may grow after its first record before it is worked on, 0 to 10,000; default 5. More is faster, and later. Never changes a result.</summary>
    [Range(0.0, 10_000.0)]
    public double MaxDelayMilliseconds { get; set; } = 5;

    /// <summary>Seconds without any batch, even an empty one, after which a shard that is not paused counts as stuck (<c>/healthz</c>), 1 to 86,400; default 60.</summary>
    [Range(1.0, 86_400.0)]
    public double StallSeconds { get; set; } = 60;

    /// <summary>
    /// Records of a shard between two states that its sketches publish for the views across shards (<c>/views</c>, <c>streaming_view_*</c>), 0 to 1,000,000,000,000; default
    /// 100,000; 0 for no views. Raising it makes views older and cheaper: each time, every sketch is copied. Never changes a result.
    /// </summary>
    [Range(0L, 1_000_000_000_000L)]
    public long ViewEvery { get; set; } = 100_000;
}
