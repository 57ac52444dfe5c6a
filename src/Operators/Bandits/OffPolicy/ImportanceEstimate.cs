using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.OffPolicy;

/// <summary>
/// What a policy would have earned an event, from what another policy earned: inverse propensity scoring (Horvitz, Thompson 1952) and its self-normalized
/// form (Swaminathan, Joachims 2015, "The self-normalized estimator for counterfactual learning", section 4), with standard errors and what tells
/// whether they can be trusted.
/// </summary>
/// <remarks>
/// With w the policy's probability of the logged action over the logged propensity, r its reward and v the event's own weight: ips = sum v w r / sum v;
/// snips = sum v w r / sum v w. Everything is NaN before it exists. O(1) an event; one caller at a time. State: the sums.
/// </remarks>
public sealed class ImportanceEstimate
{
    private const double Quantile975 = 1.959963984540054;

    private CompensatedSum _weight;
    private CompensatedSum _importance;
    private CompensatedSum _value;
    private WeightedMoments _terms;
    private WeightedMoments _rewards;
    private double _largest;

    /// <summary>Sum of v w r: what the policy would have earned in all.</summary>
    public double Total => _value.Value;

    /// <summary>Inverse propensity score: unbiased where every action that the policy may choose had a chance in the log.</summary>
    public double Ips => _value.Value / _weight.Value;

    /// <summary>Standard error of <see cref="Ips"/>, from the sample variance of w r; NaN before two events.</summary>
    public double IpsError
    {
        get
        {
            double weight = _weight.Value, squares = weight * weight, events = squares / _terms.Weight;
            // One event may seem to differ from its own mean by rounding, and infinity is no error.
            return events > 1 ? Math.Sqrt(_terms.SquaresAround(Ips) / squares * (events / (events - 1))) : double.NaN;
        }
    }

    /// <summary>Lower end of the 95 % interval of <see cref="Ips"/> by the central limit theorem; trust it only with a large <see cref="EffectiveEvents"/>.</summary>
    public double IpsLow => Ips - (Quantile975 * IpsError);

    /// <summary>Upper end of the 95 % interval.</summary>
    public double IpsHigh => Ips + (Quantile975 * IpsError);

    /// <summary>Self-normalized estimate: biased by O(1/n), of smaller variance, never outside the range of the rewards.</summary>
    public double Snips => _value.Value / _importance.Value;

    /// <summary>Standard error of <see cref="Snips"/> by the delta method: the root of sum (v w)^2 (r - snips)^2, over sum v w.</summary>
    public double SnipsError => Math.Sqrt(_rewards.SquaresAround(Snips)) / _importance.Value;

    /// <summary>Effective sample size (sum v w)^2 / sum (v w)^2 (Kish 1965): so many events of weight 1 would say as much.</summary>
    public double EffectiveEvents => _importance.Value * _importance.Value / _rewards.Weight;

    /// <summary>Largest w.</summary>
    public double LargestWeight => _weight.Value > 0 ? _largest : double.NaN;

    /// <summary>Mean of w: near 1 where propensities are right and there is enough of everything.</summary>
    public double MeanWeight => _importance.Value / _weight.Value;

    /// <summary>Takes an event.</summary>
    /// <param name="importance">w: not negative, at most 1e45.</param>
    /// <param name="reward">r: at most 1e60 in magnitude.</param>
    /// <param name="weight">v: above 0, at most 1e39.</param>
    public void Add(double importance, double reward, double weight)
    {
        double weighted = weight * importance;
        _weight.Add(weight);
        _importance.Add(weighted);
        _value.Add(weighted * reward);
        _terms.Add(importance * reward, weight * weight);
        _rewards.Add(reward, weighted * weighted);
        if (importance > _largest) _largest = importance;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        _weight.Save(ref writer);
        _importance.Save(ref writer);
        _value.Save(ref writer);
        _terms.Save(ref writer);
        _rewards.Save(ref writer);
        writer.Write(_largest);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        _weight.Restore(ref reader);
        _importance.Restore(ref reader);
        _value.Restore(ref reader);
        _terms.Restore(ref reader);
        _rewards.Restore(ref reader);
        _largest = reader.ReadFinite();
    }
}
