using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Bandits;

/// <summary>Options of every policy stage.</summary>
public abstract class PolicyOptions
{
    private protected PolicyOptions()
    {
    }

    /// <summary>
    /// Most actions that are told apart over time, 1 to 16,777,216; default 10,000. Beyond it a policy forgets the arm that was not used lately, and regret
    /// against the best fixed action is null. Raising it takes memory in proportion, once so many come.
    /// </summary>
    [Range(1, 1 << 24)]
    public int Arms { get; set; } = 10_000;

    /// <summary>
    /// Decisions in the sliding windows, 1 to 10,000,000; default 1,000. Raising it smooths the windowed measures and makes them slower to follow.
    /// </summary>
    [Range(1, 10_000_000)]
    public int Window { get; set; } = 1000;

    /// <summary>
    /// Fading factor, above 0 and at most 1; default 0.999. A decision n decisions back weighs this to the n-th power: raising it remembers longer.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Fading { get; set; } = 0.999;
}
