using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>The <c>auc@</c> columns that others demand of a model's stage: which share of the other candidates comes after the event's item.</summary>
/// <remarks>
/// Drawn candidates depend on the stage's seed and the event's place in its source alone; they are drawn with replacement, and one that scores the same counts half. Over all candidates the
/// share is exact, from the rank.
/// </remarks>
internal sealed class AucColumns
{
    private readonly (int Samples, ColumnSlot<double> Slot)[] _columns;
    private readonly ulong _seed;

    /// <summary>The columns that <paramref name="binding"/> assigns.</summary>
    /// <exception cref="ArgumentException">A member is no number of candidates.</exception>
    public AucColumns(StageBinding binding)
    {
        _columns = [.. binding.Demands(AucDemand.Family).Select(member =>
            AucDemand.TryParse(member, out int samples)
                ? (samples, binding.WriteReal(AucDemand.Column(member)))
                : throw new ArgumentException($"{binding.Id}.auc@{member} is asked for; a number of candidates is 1 to {AucDemand.MaxSamples}, or {AucDemand.Full}.", nameof(binding)))];
        _seed = CounterRng.Derive(binding.Seed, AucDemand.Family);
        foreach ((int samples, _) in _columns) Depth = Math.Max(Depth, samples == 0 ? int.MaxValue : 1);
    }

    /// <summary>Whether any is demanded.</summary>
    public bool Any => _columns.Length > 0;

    /// <summary>How deep the ranks must be told apart that <see cref="Write"/> takes; 0 if nothing is demanded.</summary>
    public int Depth { get; }

    /// <summary>Whether <paramref name="binding"/> demands any.</summary>
    public static bool Demanded(StageBinding binding) => binding.Demands(AucDemand.Family).Any();

    /// <summary>Writes the shares of an event that the model has not learned from yet: 0 for a cold one, NaN where the rank is unknown.</summary>
    public void Write(EventBatch batch, int index, IRecommender model, in Example example, int rank)
    {
        if (rank is Ranks.Cold or Ranks.Unknown)
        {
            foreach ((_, ColumnSlot<double> slot) in _columns) batch.Column(slot)[index] = rank == Ranks.Cold ? 0 : double.NaN;
            return;
        }

        ref readonly Event e = ref batch.Events[index];
        foreach ((int samples, ColumnSlot<double> slot) in _columns)
        {
            CounterRng rng = new(_seed, ((ulong)e.Topic << 32) | (uint)e.Partition, (ulong)e.Offset);
            batch.Column(slot)[index] = samples == 0 ? Exact(model, example, rank) : Sampled(model, example, samples, ref rng);
        }
    }

    /// <summary>Writes that an event has none.</summary>
    public void WriteNone(EventBatch batch, int index)
    {
        foreach ((_, ColumnSlot<double> slot) in _columns) batch.Column(slot)[index] = double.NaN;
    }

    private static double Exact(IRecommender model, in Example example, int rank)
    {
        int others = ((ICandidates)model).Candidates(example).Count - 1;
        return others == 0 ? 1 : 1 - ((rank - 1.0) / others);
    }

    private static double Sampled(IRecommender model, in Example example, int samples, ref CounterRng rng)
    {
        if (((ICandidates)model).Candidates(example).Count == 1) return 1;
        double own = Order(model.Score(example)), below = 0;
        for (int n = 0; n < samples; n++)
        {
            double other = Order(model.Score(example with { Item = ((ICandidates)model).Candidates(example).Draw(ref rng) }));
            below += other < own ? 1 : other == own ? 0.5 : 0;
        }

        return below / samples;
    }

    // What is not finite ranks last.
    private static double Order(double score) => double.IsFinite(score) ? score : double.NegativeInfinity;
}
