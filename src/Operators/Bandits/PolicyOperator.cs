using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits;

/// <summary>
/// Runs a policy over logged decisions: it says its probabilities, chooses, is judged, and then learns what the log allows. Other events pass untouched.
/// </summary>
/// <remarks>
/// The draws of a decision depend on the stage's seed and the event's place in its source alone. Owns the policy. Allocates only where an action set is
/// larger than all before. State: decisions, the quality, then the policy's.
/// </remarks>
public sealed class PolicyOperator : IOperator, IStateful, IDisposable
{
    /// <summary>Value of the chosen column where the event is no decision.</summary>
    public const int NoChoice = -1;

    private readonly IBanditPolicy _policy;
    private readonly LearnRule? _rule;
    private readonly PolicyQuality _quality;
    private readonly PolicyColumns _columns;
    private readonly ulong _seed;
    private double[] _probabilities = new double[16];
    private long _events;

    /// <summary>A stage around <paramref name="policy"/>.</summary>
    /// <param name="policy">Owned by the stage from here on.</param>
    /// <param name="options">Bounds, windows, and what is learned.</param>
    /// <param name="binding">Seed and columns.</param>
    public PolicyOperator(IBanditPolicy policy, PolicyOptions options, StageBinding binding)
    {
        (_policy, _rule, _seed) = (policy, (options as LearningPolicyOptions)?.Learn, binding.Seed);
        _quality = new PolicyQuality(options.Arms, options.Window, options.Fading);
        _columns = new PolicyColumns(binding);
    }

    /// <summary>The policy. Whoever calls it takes the place of the stage: one caller at a time.</summary>
    public IBanditPolicy Policy => _policy;

    /// <inheritdoc/>
    public string StateTag => _policy.StateTag;

    /// <inheritdoc/>
    public int StateVersion => _policy.StateVersion;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Most bytes beside the policy's, action sets of up to a thousand assumed.</summary>
    public static long BytesFor(PolicyOptions options) => PolicyQuality.BytesFor(options.Arms, options.Window) + (8 * 1024);

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        Span<Event> events = batch.Events;
        for (int i = 0; i < events.Length; i++)
        {
            if (events[i].Kind == EventKind.Decision) Decide(batch, i, events[i]);
            else _columns.WriteNothing(batch, i);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public void Report(StageReport report)
    {
        report.Set("events", _events);
        QualityReport.Add(report, _quality);
        (_policy as IPolicyReport)?.Report(report);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch) => _policy.Freeze(epoch);

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Write(_events);
        _quality.Save(ref writer);
        _policy.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        _events = reader.ReadCount();
        _quality.Restore(ref reader);
        _policy.Restore(ref reader, version);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _quality.Dispose();
        (_policy as IDisposable)?.Dispose();
    }

    private void Decide(EventBatch batch, int index, in Event e)
    {
        Decision decision = new(e, batch);
        if (_probabilities.Length < decision.Actions.Length) _probabilities = new double[2 * decision.Actions.Length];
        Span<double> probabilities = _probabilities.AsSpan(0, decision.Actions.Length);
        CounterRng rng = new(_seed, (ulong)e.Partition, (ulong)e.Offset);
        _policy.Distribution(decision, ref rng, probabilities);
        int choice = IBanditPolicy.Choose(probabilities, ref rng);
        JudgedDecision judged = new()
        {
            Choice = choice,
            Logged = e.Chosen,
            LoggedAction = decision.Actions[e.Chosen].Id,
            LoggedProbability = probabilities[e.Chosen],
            Propensity = e.Propensity,
            Reward = e.Value,
            Weight = e.Weight,
            Rewards = batch.Rewards[e.Rewards],
            Expected = batch.Rewards[e.Expected],
        };
        _events++;
        bool counts = _quality.Add(judged);
        _columns.Write(batch, index, judged, probabilities[choice], _quality);
        if (counts) Learn(decision, judged);
    }

    private void Learn(in Decision decision, in JudgedDecision judged)
    {
        if (_rule is not { } rule) return;
        if (judged.IsFullInformation)
        {
            _policy.Learn(decision, judged.Choice, judged.Earned, judged.Weight);
            return;
        }

        double share = rule switch
        {
            LearnRule.OnMatch => judged.Choice == judged.Logged ? 1 : 0,
            LearnRule.Weighted => judged.Importance,
            _ => 1,
        };
        if (share > 0) _policy.Learn(decision, judged.Logged, judged.Reward, share * judged.Weight);
    }
}
