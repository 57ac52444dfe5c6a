using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.Policies;

/// <summary>
/// Thompson sampling with a beta distribution an arm (Thompson 1933; Chapelle, Li 2011, "An empirical evaluation of Thompson sampling", algorithm 2): draws
/// a mean for each arm from what is believed of it and plays the largest. Sees no features.
/// </summary>
/// <remarks>
/// A decision is drawn a few times over; the probability of an action is its share of wins, and the policy plays from these shares, so that they are
/// exact given the draws. A reward counts (r - low) / (high - low) as success and the rest as failure, clipped to [0, 1]. O(samples x actions) a decision.
/// One caller at a time. State: options that give counts their meaning, clipped rewards, then the arms.
/// </remarks>
public sealed class Thompson(ThompsonOptions options) : IBanditPolicy, IPolicyReport, IDisposable
{
    private readonly ArmTable<ArmSuccesses> _arms = new(options.Arms);
    private readonly double _priorSuccesses = options.PriorSuccesses;
    private readonly double _priorFailures = options.PriorFailures;
    private readonly double _low = options.Low;
    private readonly double _high = options.High;
    private readonly int _samples = options.Samples;
    private BetaDraw[] _beliefs = new BetaDraw[16];

    /// <summary>Rewards that were clipped.</summary>
    public long Clipped { get; private set; }

    /// <inheritdoc/>
    public string StateTag => "thompson";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(ThompsonOptions options) => ArmTable<ArmSuccesses>.BytesFor(options.Arms) + (48 * 1024);

    /// <inheritdoc/>
    public void Distribution(in Decision decision, ref CounterRng rng, Span<double> probabilities)
    {
        if (_beliefs.Length < probabilities.Length) _beliefs = new BetaDraw[2 * probabilities.Length];
        Span<BetaDraw> beliefs = _beliefs.AsSpan(0, probabilities.Length);
        for (int i = 0; i < beliefs.Length; i++)
        {
            ArmSuccesses arm = _arms.Find(decision.Actions[i].Id);
            beliefs[i] = new BetaDraw(_priorSuccesses + arm.Successes, _priorFailures + arm.Failures);
        }

        probabilities.Clear();
        for (int sample = 0; sample < _samples; sample++) probabilities[Winner(beliefs, ref rng)]++;
        for (int i = 0; i < probabilities.Length; i++) probabilities[i] /= _samples;
    }

    /// <inheritdoc/>
    public void Learn(in Decision decision, int action, double reward, double weight)
    {
        if (!(weight > 0)) return;
        double share = reward <= _low ? 0 : reward >= _high ? 1 : (reward - _low) / (_high - _low);
        if (reward < _low || reward > _high) Clipped++;
        ref ArmSuccesses arm = ref _arms.Learn(decision.Actions[action].Id);
        arm.Successes += weight * share;
        arm.Failures += weight * (1 - share);
    }

    void IPolicyReport.Report(StageReport report)
    {
        _arms.Report(report);
        report.Set("clipped", Clipped);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Low", _low);
        writer.Shape("High", _high);
        writer.Write(Clipped);
        _arms.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Low", _low);
        reader.Shape("High", _high);
        Clipped = reader.ReadCount();
        _arms.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _arms.Dispose();

    private static int Winner(ReadOnlySpan<BetaDraw> beliefs, ref CounterRng rng)
    {
        int winner = 0;
        double best = double.NegativeInfinity;
        for (int i = 0; i < beliefs.Length; i++)
        {
            double draw = beliefs[i].Next(ref rng);
            if (draw > best) (winner, best) = (i, draw);
        }

        return winner;
    }
}
