namespace Streaming.Operators.Bandits;

/// <summary>A decision of the log beside what a policy would have done: what <see cref="PolicyQuality"/> judges by.</summary>
internal readonly ref struct JudgedDecision
{
    /// <summary>0-based place of the policy's own choice.</summary>
    public required int Choice { get; init; }

    /// <summary>0-based place of the logged action.</summary>
    public required int Logged { get; init; }

    /// <summary>Key of the logged action.</summary>
    public required ulong LoggedAction { get; init; }

    /// <summary>The policy's probability of the logged action.</summary>
    public required double LoggedProbability { get; init; }

    /// <summary>Probability with which it was logged.</summary>
    public required double Propensity { get; init; }

    /// <summary>What the logged action earned.</summary>
    public required double Reward { get; init; }

    /// <summary>Importance of the event.</summary>
    public required double Weight { get; init; }

    /// <summary>What each action would have earned; empty where not known.</summary>
    public ReadOnlySpan<double> Rewards { get; init; }

    /// <summary>True mean reward of each action; empty where not known.</summary>
    public ReadOnlySpan<double> Expected { get; init; }

    /// <summary>Whether the rewards of all actions are known.</summary>
    public bool IsFullInformation => !Rewards.IsEmpty;

    /// <summary>The policy's probability of the logged action over the logged one.</summary>
    public double Importance => LoggedProbability / Propensity;

    /// <summary>What the policy earned: its own choice's reward, or the logged one where both chose the same; NaN where that is not known.</summary>
    public double Earned => IsFullInformation ? Rewards[Choice] : Choice == Logged ? Reward : double.NaN;

    /// <summary>Whether the event counts: a positive weight, a reward and a propensity that can be calculated with.</summary>
    public bool Counts => Weight > 0 && double.IsFinite(Weight) && Propensity is > 0 and <= 1 && IsReward(Reward) && (!IsFullInformation || IsReward(Rewards[Choice]));

    /// <summary>Whether a reward is finite, and small enough that no sum of squares overflows.</summary>
    public static bool IsReward(double value) => Math.Abs(value) <= 1e60;
}
