using Streaming.Abstractions.Events;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Bandits;

/// <summary>The columns of a policy stage: what they are called and mean, and where they lie.</summary>
internal sealed class PolicyColumns
{
    /// <summary>Their definitions.</summary>
    public static readonly ColumnDefinition[] Definitions =
    [
        new("chosen", ColumnType.Integer, "0-based place of the policy's own choice among the actions; -1 for events that are no decisions."),
        new("probability", ColumnType.Real, "Probability with which the policy chose it; NaN for events that are no decisions, as all below."),
        new("logged_probability", ColumnType.Real, "The policy's probability of the action that was logged."),
        new("reward", ColumnType.Real, "What the policy earned: its own choice's reward where all are known, else the logged one where both chose the same; else NaN."),
        new("weight", ColumnType.Real, "Importance weight: logged_probability over the logged propensity."),
        new("regret", ColumnType.Real, "Regret so far, this decision included."),
        new("ctr", ColumnType.Real, "Mean of reward so far."),
        new("window_ctr", ColumnType.Real, "Mean of the last rewards."),
    ];

    private readonly ColumnSlot<int> _chosen;
    private readonly ColumnSlot<double>[] _reals = new ColumnSlot<double>[7];
    private readonly bool _any;

    public PolicyColumns(StageBinding binding)
    {
        _chosen = binding.WriteInteger(Definitions[0].Name);
        for (int c = 0; c < _reals.Length; c++)
        {
            _reals[c] = binding.WriteReal(Definitions[c + 1].Name);
            _any |= _reals[c].IsAssigned;
        }
    }

    /// <summary>Writes what an event without a decision gets.</summary>
    public void WriteNothing(EventBatch batch, int index)
    {
        if (_chosen.IsAssigned) batch.Column(_chosen)[index] = PolicyOperator.NoChoice;
        if (!_any) return;
        foreach (ColumnSlot<double> slot in _reals) Set(batch, slot, index, double.NaN);
    }

    /// <summary>Writes a decision, which the quality has taken in.</summary>
    public void Write(EventBatch batch, int index, in JudgedDecision decision, double probability, PolicyQuality quality)
    {
        if (_chosen.IsAssigned) batch.Column(_chosen)[index] = decision.Choice;
        if (!_any) return;
        Set(batch, _reals[0], index, probability);
        Set(batch, _reals[1], index, decision.LoggedProbability);
        Set(batch, _reals[2], index, decision.Earned);
        Set(batch, _reals[3], index, decision.Importance);
        if (_reals[4].IsAssigned) Set(batch, _reals[4], index, quality.Regret);
        if (_reals[5].IsAssigned) Set(batch, _reals[5], index, quality.Earned.Mean);
        if (_reals[6].IsAssigned) Set(batch, _reals[6], index, quality.Earned.WindowMean);
    }

    private static void Set(EventBatch batch, ColumnSlot<double> slot, int index, double value)
    {
        if (slot.IsAssigned) batch.Column(slot)[index] = value;
    }
}
