using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>
/// Chooses the largest upper confidence bound, mean + delta sqrt(2 ln n / n_a) (Auer, Cesa-Bianchi, Fischer 2002, "Finite-time analysis of the multiarmed
/// bandit problem", figure 1; delta as in River). An arm that was never pulled comes first. Sees no features. Ties go to the first action.
/// </summary>
/// <remarks>n and n_a are weights of what was learned, of all arms and of this one. O(actions) a decision. One caller at a time. State: n, then the arms.</remarks>
public sealed class Ucb1(Ucb1Options options) : IBanditPolicy, IPolicyReport, IDisposable
{
    private readonly ArmMeans _arms = new(options.Arms);
    private readonly double _delta = options.Delta;

    /// <inheritdoc/>
    public string StateTag => "ucb1";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(Ucb1Options options) => ArmTable<ArmMean>.BytesFor(options.Arms);

    /// <inheritdoc/>
    public void Distribution(in Decision decision, ref CounterRng rng, Span<double> probabilities)
    {
        // Weights below 1 make the logarithm negative: then nothing is known of widths.
        double twoLogs = _arms.Learned > 1 ? 2 * PortableMath.Log(_arms.Learned) : 0;
        int best = 0;
        double bestBound = double.NegativeInfinity;
        for (int i = 0; i < probabilities.Length; i++)
        {
            ArmMean arm = _arms.Find(decision.Actions[i].Id);
            double bound = arm.Pulls > 0 ? arm.Value + (_delta * Math.Sqrt(twoLogs / arm.Pulls)) : double.PositiveInfinity;
            if (bound > bestBound) (best, bestBound) = (i, bound);
        }

        probabilities.Clear();
        probabilities[best] = 1;
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
