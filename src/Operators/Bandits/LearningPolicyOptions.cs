namespace Streaming.Operators.Bandits;

/// <summary>Options of every policy stage that learns.</summary>
public abstract class LearningPolicyOptions : PolicyOptions
{
    private protected LearningPolicyOptions()
    {
    }

    /// <summary>
    /// What is learned from a logged decision: <c>on-match</c>, <c>weighted</c> or <c>all</c>; default <c>on-match</c>. Where the rewards of all actions are
    /// known, the policy learns from its own choice whatever this says.
    /// </summary>
    public LearnRule Learn { get; set; } = LearnRule.OnMatch;
}
