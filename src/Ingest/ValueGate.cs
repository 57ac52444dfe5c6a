using Streaming.Abstractions.Stages;

namespace Streaming.Ingest;

/// <summary>What becomes of a record by its value.</summary>
internal enum Passage
{
    /// <summary>It enters the stream.</summary>
    Taken,

    /// <summary>It is good, but below the minimum, or has no value where one is asked for.</summary>
    Filtered,

    /// <summary>Its value, or a reward, lies outside the declared range.</summary>
    OutOfRange,
}

/// <summary>
/// Applies <see cref="SourceOptions.Range"/> and <see cref="SourceOptions.MinimumValue"/> to interactions, <see cref="SourceOptions.RewardRange"/> to decisions
/// and late rewards.
/// </summary>
internal readonly struct ValueGate(SourceOptions options)
{
    private readonly ValueRange _range = options.ToValueRange();
    private readonly ValueRange _rewards = options.ToRewardRange();
    private readonly bool _filters = options.MinimumValue is not null;
    private readonly double _minimum = options.MinimumValue ?? 0;

    /// <summary>What becomes of an interaction with <paramref name="value"/>; NaN is no value, and outside of no range.</summary>
    public Passage Judge(double value)
    {
        if (value < _range.Low || value > _range.High) return Passage.OutOfRange;
        return _filters && !(value >= _minimum) ? Passage.Filtered : Passage.Taken;
    }

    /// <summary>
    /// What becomes of a decision or late reward that earned <paramref name="reward"/>, NaN if that is not known yet, and each of whose actions would have
    /// earned one of <paramref name="rewards"/>; linear in their number.
    /// </summary>
    public Passage JudgeReward(double reward, ReadOnlySpan<double> rewards)
    {
        if (reward < _rewards.Low || reward > _rewards.High) return Passage.OutOfRange;
        foreach (double each in rewards)
        {
            if (!_rewards.Contains(each)) return Passage.OutOfRange;
        }

        return Passage.Taken;
    }
}
