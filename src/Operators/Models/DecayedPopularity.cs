using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Scores an item by how often it came, where an event counts half after a half-life, in events or in event time: exact exponential decay, by weights that grow
/// forward (<see cref="ForwardDecay"/>).
/// </summary>
/// <remarks>
/// O(log items) an event, and O(items log items) once in 256 half-lives. Where events are further apart than that, by <see cref="DecayUnit.Seconds"/>, each
/// costs as much.
/// One caller at a time. State: the decay, and what every <see cref="SparseRecommender"/> has.
/// </remarks>
public sealed class DecayedPopularity : SparseRecommender
{
    private const double MicrosecondsPerSecond = 1e6;

    private readonly ForwardDecay _decay;
    private readonly DecayUnit _unit;

    /// <summary>A model that has counted nothing.</summary>
    /// <param name="options">Half-life and bounds.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public DecayedPopularity(DecayedPopularityOptions options, bool ranking = true)
        : base(options, Shape(ranking)) => (_decay, _unit) = (new ForwardDecay(options.HalfLife), options.Unit);

    /// <inheritdoc/>
    public override string StateTag => "decayed-popularity";

    private protected override double TailFactor => 1 / _decay.Present;

    private protected override double Smoothing => 1;

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(DecayedPopularityOptions options, bool ranking) => BytesFor(options, Shape(ranking));

    private protected override void Collect(int user, SparseScores scores)
    {
    }

    private protected override void Train(int user, int item, in Example example)
    {
        double weight = _decay.Weigh(_unit == DecayUnit.Events ? Events : example.Time / MicrosecondsPerSecond, out int shift);
        if (shift > 0) ScaleTail(shift);
        AddToTail(item, weight);
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        writer.Shape("unit", (long)_unit);
        _decay.Save(ref writer);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        reader.Shape("unit", (long)_unit);
        _decay.Restore(ref reader);
    }

    private static SparseShape Shape(bool ranking) => new(0, 0, ranking);
}
