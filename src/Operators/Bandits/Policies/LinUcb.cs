using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;
using Streaming.Operators.Bandits.Linear;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>
/// LinUCB with disjoint models: each arm has a ridge regression of its own, and the largest weights.x + alpha sqrt(x' A^-1 x) is chosen (Li, Chu, Langford,
/// Schapire 2010, "A contextual-bandit approach to personalized news article recommendation", algorithm 1). Ties go to the first action; a score that is not
/// finite comes last.
/// </summary>
/// <remarks>
/// O(features x places) an action to choose, O(places^2) to learn, with so many places as features have occurred. Allocates only when an arm comes or grows.
/// One caller at a time. State: the feature map, then the arms.
/// </remarks>
public sealed class LinUcb : IBanditPolicy, IPolicyReport, IDisposable
{
    private readonly FeatureMap _map;
    private readonly FeatureVector _vector;
    private readonly RidgeArms _arms;
    private readonly double _alpha;

    /// <summary>A policy that has learned nothing.</summary>
    /// <exception cref="ArgumentException">Not even one arm fits into <see cref="LinearPolicyOptions.MaxBytes"/>.</exception>
    public LinUcb(LinUcbOptions options)
    {
        _alpha = options.Alpha;
        _map = new FeatureMap(options.Dimensions, options.Features, options.Intercept);
        _vector = new FeatureVector(_map.Length);
        _arms = new RidgeArms(options, _map.Length);
    }

    /// <summary>Arms set back because something was no longer finite.</summary>
    public long Resets => _arms.Resets;

    /// <inheritdoc/>
    public string StateTag => "lin-ucb";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(LinUcbOptions options) =>
        FeatureMap.BytesFor(options.Dimensions) + FeatureVector.BytesFor(options.Dimensions + 1) + RidgeArms.BytesFor(options);

    /// <summary>Writes the upper confidence bound of each action. Changes nothing.</summary>
    /// <param name="decision">Context and actions.</param>
    /// <param name="scores">One number an action.</param>
    public void Score(in Decision decision, Span<double> scores)
    {
        _vector.Clear();
        _map.AddShared(decision, _vector);
        _vector.Mark();
        for (int i = 0; i < scores.Length; i++)
        {
            _map.AddAction(decision, i, _vector);
            (double mean, double square) = _arms.Score(decision.Actions[i].Id, _vector, _map.Used);
            // Rounding may leave a width that is 0 a little below it.
            scores[i] = mean + (_alpha * Math.Sqrt(Math.Max(0, square)));
            _vector.Rewind();
        }

        _map.Forget();
    }

    /// <inheritdoc/>
    public void Distribution(in Decision decision, ref CounterRng rng, Span<double> probabilities)
    {
        Score(decision, probabilities);
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] > highest && double.IsFinite(probabilities[i])) (best, highest) = (i, probabilities[i]);
        }

        probabilities.Clear();
        probabilities[best] = 1;
    }

    /// <inheritdoc/>
    public void Learn(in Decision decision, int action, double reward, double weight)
    {
        if (!(weight > 0)) return;
        _vector.Clear();
        _map.AddShared(decision, _vector);
        _map.AddAction(decision, action, _vector);
        _map.Keep();
        _arms.Learn(decision.Actions[action].Id, _vector, _map.Known, reward, weight);
    }

    void IPolicyReport.Report(StageReport report)
    {
        _arms.Report(report);
        report.Set("features", _map.Known);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        _map.Save(ref writer);
        _arms.Save(ref writer, _map.Known);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        _map.Restore(ref reader);
        _arms.Restore(ref reader, _map.Known);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _map.Dispose();
        _vector.Dispose();
        _arms.Dispose();
    }
}
