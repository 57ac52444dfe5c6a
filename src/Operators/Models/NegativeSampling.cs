namespace Streaming.Operators.Models;

/// <summary>From where a pairwise learner draws the items that a user has not met.</summary>
public enum NegativeSampling
{
    /// <summary>Every item is equally likely: what is popular learns to be so.</summary>
    Uniform,

    /// <summary>By a power of how often items came: harder negatives, and popularity cancels out.</summary>
    Popularity,
}
