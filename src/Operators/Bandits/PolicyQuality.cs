using Streaming.Abstractions.State;
using Streaming.Operators.Bandits.OffPolicy;
using Streaming.Operators.Bandits.Regret;

namespace Streaming.Operators.Bandits;

/// <summary>
/// How well a policy does on a log: what it earned where that is known (Li et al. 2011, "Unbiased offline evaluation of contextual-bandit-based news
/// article recommendation algorithms": replay), what it would have earned by importance weights, and its regret.
/// </summary>
/// <remarks>
/// Everything is weighted by the events' own weights; an event of weight 0 or without a sound reward and propensity is left out of everything.
/// Regret is true where every decision knows the mean rewards (or rewards) of its actions, and else against the best fixed action by importance
/// weights. O(1) an event for each action of known reward; one caller at a time. State: the counts, then each measure's.
/// </remarks>
internal sealed class PolicyQuality(int arms, int window, double fading) : IDisposable
{
    private readonly ImportanceEstimate _importance = new();
    private readonly FixedActions _fixed = new(arms);
    private readonly WeightedTrack _earned = new(window, fading);
    private readonly WeightedTrack _regret = new(window, fading);
    private readonly RegretCurve _curve = new();
    private readonly RegretCurve _fixedCurve = new();
    private CompensatedSum _matches;
    private CompensatedSum _matchedReward;
    private long _unknown;

    /// <summary>Decisions that count.</summary>
    public long Counted { get; private set; }

    /// <summary>Decisions left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>Decisions whose own choice is the logged one, by weight.</summary>
    public double Matches => _matches.Value;

    /// <summary>Weighted sum of their rewards.</summary>
    public double MatchedReward => _matchedReward.Value;

    /// <summary>Rewards earned by the policy's own choices; their mean is the click-through rate where rewards are clicks.</summary>
    public WeightedTrack Earned => _earned;

    /// <summary>Estimates by importance weights.</summary>
    public ImportanceEstimate Importance => _importance;

    /// <summary>Whether every decision knew what each action was worth.</summary>
    public bool KnowsRegret => _unknown == 0;

    /// <summary>Regret so far; NaN before the first decision, or where the best fixed action cannot be known.</summary>
    public double Regret => Counted == 0 ? double.NaN : KnowsRegret ? _regret.Sum : FixedRegret;

    /// <summary>Mean regret of the last decisions; NaN where regret is not known decision by decision, as the next.</summary>
    public double WindowRegret => KnowsRegret ? _regret.WindowMean : double.NaN;

    /// <summary>Mean regret with fading memory.</summary>
    public double FadingRegret => KnowsRegret ? _regret.FadingMean : double.NaN;

    /// <summary>See <see cref="RegretCurve.Exponent"/>.</summary>
    public double RegretExponent => (KnowsRegret ? _curve : _fixedCurve).Exponent(Counted, Regret);

    private double FixedRegret => _fixed.Best - _importance.Total;

    /// <summary>Most bytes for so many actions and such windows.</summary>
    public static long BytesFor(int arms, int window) => FixedActions.BytesFor(arms) + (2 * WeightedTrack.BytesFor(window)) + (2 * RegretCurve.Bytes) + 512;

    /// <summary>Takes a decision; says whether it counts.</summary>
    public bool Add(in JudgedDecision decision)
    {
        if (!decision.Counts)
        {
            Skipped++;
            return false;
        }

        Counted++;
        double weight = decision.Weight, earned = decision.Earned;
        if (decision.Choice == decision.Logged)
        {
            _matches.Add(weight);
            _matchedReward.Add(weight * decision.Reward);
        }

        if (!double.IsNaN(earned)) _earned.Add(earned, weight);
        _importance.Add(decision.Importance, decision.Reward, weight);
        _fixed.Add(decision.LoggedAction, weight * decision.Reward / decision.Propensity);
        if (TryRegret(decision.Expected, decision.Choice, out double regret) || TryRegret(decision.Rewards, decision.Choice, out regret)) _regret.Add(regret, weight);
        else _unknown++;
        if (_curve.IsDue(Counted))
        {
            _curve.Add(Counted, _regret.Sum);
            _fixedCurve.Add(Counted, FixedRegret);
        }

        return true;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(Counted);
        writer.Write(Skipped);
        writer.Write(_unknown);
        _matches.Save(ref writer);
        _matchedReward.Save(ref writer);
        _earned.Save(ref writer);
        _importance.Save(ref writer);
        _regret.Save(ref writer);
        _curve.Save(ref writer);
        _fixed.Save(ref writer);
        _fixedCurve.Save(ref writer);
    }

    /// <summary>Becomes what was saved; nothing may have been added before.</summary>
    public void Restore(ref StateReader reader)
    {
        Counted = reader.ReadCount();
        Skipped = reader.ReadCount();
        _unknown = reader.ReadCount();
        if (_unknown > Counted) throw new StateMismatchException($"The snapshot has {_unknown} of {Counted} decisions without known regret.");
        _matches.Restore(ref reader);
        _matchedReward.Restore(ref reader);
        _earned.Restore(ref reader);
        _importance.Restore(ref reader);
        _regret.Restore(ref reader);
        _curve.Restore(ref reader);
        _fixed.Restore(ref reader);
        _fixedCurve.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _fixed.Dispose();

    private static bool TryRegret(ReadOnlySpan<double> values, int choice, out double regret)
    {
        regret = double.NaN;
        if (values.IsEmpty) return false;
        double best = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (!JudgedDecision.IsReward(value)) return false;
            if (value > best) best = value;
        }

        regret = best - values[choice];
        return true;
    }
}
