using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Evaluation;

/// <summary>The ranks of one age class.</summary>
/// <param name="measures">What is measured of ranks; at 10 it is reported.</param>
internal sealed class AgedRanks(RankMeasures measures) : IAgeMeasure
{
    private readonly RankSums _sums = new(measures);

    /// <summary>Takes an event's rank and what it is worth.</summary>
    public void Add(int rank, ReadOnlySpan<double> worth) => _sums.Add(rank, worth);

    /// <inheritdoc/>
    public void Report(StageReport report, string ending)
    {
        report.Set("events" + ending, _sums.Events);
        RankReport.SetCount(report, "hits@10" + ending, _sums.Hits(RankMeasure.K));
        report.Set("recall@10" + ending, _sums.Mean(measures.RecallAt(RankMeasure.K)));
        report.Set("dcg@10" + ending, _sums.Mean(measures.GainAt(RankMeasure.K)));
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer) => _sums.Save(ref writer);

    /// <inheritdoc/>
    public void Restore(ref StateReader reader) => _sums.Restore(ref reader);
}
