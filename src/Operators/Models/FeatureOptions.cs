using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of every learner that knows users, items and whatever else is known of them as hashed features.</summary>
public abstract class FeatureOptions : FactorOptions
{
    private protected FeatureOptions()
    {
    }

    /// <summary>
    /// Buckets that features are hashed into, 1 to 2^26; default 262,144. Features that meet in a bucket share what is learned: of n features about n / buckets of
    /// them. Raising it makes that rarer, and takes memory as features come.
    /// </summary>
    [Range(1, 1 << 26)]
    public int Dimensions { get; set; } = 1 << 18;

    /// <summary>Whether the features of an event belong to what is learned from it; default true.</summary>
    public bool Context { get; set; } = true;

    /// <summary>Whether the hour of the day (UTC) is a feature of an event; default false.</summary>
    public bool HourOfDay { get; set; }

    /// <summary>Whether the day of the week (UTC) is a feature of an event; default false.</summary>
    public bool DayOfWeek { get; set; }

    /// <summary>From where items are drawn that a user has not met; default <see cref="NegativeSampling.Uniform"/>.</summary>
    public NegativeSampling Sampling { get; set; } = NegativeSampling.Uniform;

    /// <summary>
    /// With <see cref="NegativeSampling.Popularity"/>, the power of how often an item came that its probability is proportional to, 0 to 1; default 0.75. Raising it
    /// draws popular items more often.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Exponent { get; set; } = 0.75;
}
