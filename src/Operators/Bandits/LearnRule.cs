namespace Streaming.Operators.Bandits;

/// <summary>What a policy learns from a logged decision whose other rewards are not known.</summary>
public enum LearnRule
{
    /// <summary>The logged action, only where the policy's own choice is the same (Li et al. 2011, replay).</summary>
    OnMatch,

    /// <summary>The logged action, weighted by the policy's probability of it over the logged one: as if the policy had chosen.</summary>
    Weighted,

    /// <summary>The logged action as it is, whoever chose it.</summary>
    All,
}
