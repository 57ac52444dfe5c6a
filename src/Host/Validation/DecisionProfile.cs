using Streaming.Abstractions.Events;

namespace Streaming.Host.Validation;

/// <summary>What the decisions and late rewards of a log are like.</summary>
internal sealed class DecisionProfile
{
    private double _rewards;

    /// <summary>Decisions of any kind.</summary>
    public long Count { get; private set; }

    /// <summary>Decisions that say what they earned.</summary>
    public long WithReward { get; private set; }

    /// <summary>Decisions that say what every action would have earned.</summary>
    public long FullInformation { get; private set; }

    /// <summary>Rewards on records of their own.</summary>
    public long LateRewards { get; private set; }

    /// <summary>Examples that name no choice: questions that nobody answered.</summary>
    public long Queries { get; private set; }

    public int FewestActions { get; private set; } = int.MaxValue;

    public int MostActions { get; private set; }

    public double LowestPropensity { get; private set; } = double.PositiveInfinity;

    public double HighestPropensity { get; private set; }

    public double MeanReward => _rewards / WithReward;

    /// <summary>Takes an event of any kind.</summary>
    public void Add(in Event e)
    {
        if (e.Kind == EventKind.Outcome) LateRewards++;
        if (e.Kind == EventKind.Query) Queries++;
        if (e.Kind != EventKind.Decision) return;
        Count++;
        FewestActions = Math.Min(FewestActions, e.Actions.Length);
        MostActions = Math.Max(MostActions, e.Actions.Length);
        LowestPropensity = Math.Min(LowestPropensity, e.Propensity);
        HighestPropensity = Math.Max(HighestPropensity, e.Propensity);
        if (!e.Rewards.IsEmpty) FullInformation++;
        if (double.IsNaN(e.Value)) return;
        WithReward++;
        _rewards += e.Value;
    }
}
