using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>
/// With probability epsilon exp(-n decay) chooses any action, else the one with the best mean (Sutton, Barto 2018, "Reinforcement Learning", section 2.2;
/// the decay is River's). Sees no features. Ties go to the first action.
/// </summary>
/// <remarks>n is the weight of all that was learned. O(actions) a decision. One caller at a time. State: that weight, then the arms.</remarks>
public sealed class EpsilonGreedy(EpsilonGreedyOptions options) : IBanditPolicy, IPolicyReport, IDisposable
{
    private readonly ArmMeans _arms = new(options.Arms);
    private readonly double _epsilon = options.Epsilon;
    private readonly double _decay = options.Decay;
    private readonly double _initial = options.Initial;

    /// <inheritdoc/>
    public string StateTag => "epsilon-greedy";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(EpsilonGreedyOptions options) => ArmTable<ArmMean>.BytesFor(options.Arms);

    /// <inheritdoc/>
    public void Distribution(in Decision decision, ref CounterRng rng, Span<double> probabilities)
    {
        int best = 0;
        double bestMean = double.NegativeInfinity;
        for (int i = 0; i < probabilities.Length; i++)
        {
            ArmMean arm = _arms.Find(decision.Actions[i].Id);
            double mean = arm.Pulls > 0 ? arm.Value : _initial;
            if (mean > bestMean) (best, bestMean) = (i, mean);
        }

        double epsilon = _decay > 0 ? _epsilon * PortableMath.Exp(-_arms.Learned * _decay) : _epsilon;
        probabilities.Fill(epsilon / probabilities.Length);
        probabilities[best] += 1 - epsilon;
    }

    /// <inheritdoc/>
    public void Learn(in Decision decision, int action, double reward, double weight) => _arms.Learn(decision, action, reward, weight);

    void IPolicyReport.Report(StageReport report) => _arms.Report(report);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer) => _arms.Save(ref writer);

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version) => _arms.Restore(ref reader);

    /// <inheritdoc/>
    public void Dispose() => _arms.Dispose();
}
