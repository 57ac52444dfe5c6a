using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Ingest.Joining;

/// <summary>How decisions find the rewards that come later.</summary>
public sealed class JoinOptions : IValidatableOptions
{
    /// <summary>
    /// Attribution window in seconds of event time, 0 to 31,536,000 (a year); default 3,600. A reward counts if it happened at most so long after its decision,
    /// which enters the stream when the window has closed: a longer one finds more rewards and learns later.
    /// </summary>
    [Range(0.0, 31_536_000.0)]
    public double WindowSeconds { get; set; } = 3600;

    /// <summary><c>sum</c> (default), <c>mean</c>, <c>max</c> or <c>last</c> of the rewards that came for a decision.</summary>
    public RewardAggregate Aggregate { get; set; }

    /// <summary>What a decision earned for which no reward came; default 0.</summary>
    public double DefaultReward { get; set; }

    /// <summary>
    /// Most bytes of decisions and rewards that wait, 64 KiB to 1 TiB; default 64 MiB. When they are more, the windows that end first are closed early, which is
    /// counted. The arrays that hold them may take twice as much.
    /// </summary>
    [Range(1L << 16, 1L << 40)]
    public long MaxBytes { get; set; } = 64L << 20;

    /// <summary><see cref="WindowSeconds"/> in microseconds.</summary>
    internal long WindowMicros => (long)Math.Round(WindowSeconds * 1e6);

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!double.IsFinite(DefaultReward)) yield return (nameof(DefaultReward), $"found {DefaultReward}; a finite number is needed");
    }
}
