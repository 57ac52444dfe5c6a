using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>Judges a model's ranks (<see cref="RankingQuality"/>), which the model's stage wrote before it learned.</summary>
public sealed class RankingOperator : IOperator, IStateful
{
    private readonly RankingQuality _quality;
    private readonly string _model;
    private readonly ColumnSlot<int> _rank;
    private readonly ColumnSlot<int> _rankOut;
    private readonly ColumnSlot<double> _recall;
    private readonly ColumnSlot<double> _windowRecall;
    private readonly ColumnSlot<double> _fadingRecall;
    private readonly ColumnSlot<double> _dcg;

    /// <summary>A stage that reads the column named by <see cref="RankColumn"/>.</summary>
    public RankingOperator(RankingOptions options, StageBinding binding)
    {
        _model = options.Model;
        if (!RankDemand.TryParse(options.Depth, out _, out int depth)) throw new ArgumentException($"'{options.Depth}' is no depth.", nameof(options));
        _quality = new RankingQuality(depth, options.Window, options.Fading);
        _rank = binding.ReadInteger($"{options.Model}.{RankColumn(options)}");
        _rankOut = binding.WriteInteger("rank");
        _recall = binding.WriteReal("recall@10");
        _windowRecall = binding.WriteReal("window_recall@10");
        _fadingRecall = binding.WriteReal("fading_recall@10");
        _dcg = binding.WriteReal("dcg@10");
    }

    /// <inheritdoc/>
    public string StateTag => "ranking";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Name of the model's column that these options need.</summary>
    public static string RankColumn(RankingOptions options) =>
        $"{RankDemand.Family}@{(RankDemand.TryParse(options.Depth, out string member, out _) ? member : options.Depth)}";

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        ReadOnlySpan<int> ranks = batch.Column(_rank);
        if (_rankOut.IsAssigned) ranks.CopyTo(batch.Column(_rankOut));
        Span<double> recall = _recall.IsAssigned ? batch.Column(_recall) : default;
        Span<double> windowRecall = _windowRecall.IsAssigned ? batch.Column(_windowRecall) : default;
        Span<double> fadingRecall = _fadingRecall.IsAssigned ? batch.Column(_fadingRecall) : default;
        Span<double> dcg = _dcg.IsAssigned ? batch.Column(_dcg) : default;
        for (int i = 0; i < ranks.Length; i++)
        {
            _quality.Add(ranks[i]);
            bool ranked = ranks[i] != Ranks.None;
            if (!recall.IsEmpty) recall[i] = ranked ? _quality.Recall : double.NaN;
            if (!windowRecall.IsEmpty) windowRecall[i] = ranked ? _quality.WindowRecall : double.NaN;
            if (!fadingRecall.IsEmpty) fadingRecall[i] = ranked ? _quality.FadingRecall : double.NaN;
            if (!dcg.IsEmpty) dcg[i] = ranked ? _quality.Dcg : double.NaN;
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public void Report(StageReport report)
    {
        report.Set("model", _model);
        report.Set("events", _quality.Events);
        report.Set("recall@10", _quality.Recall, headline: true);
        SetCount(report, "hits@10", _quality.Hits);
        SetCount(report, "hits@20", _quality.WideHits);
        report.Set("dcg@10", _quality.Dcg);
        report.Set("mrr", _quality.Mrr);
        report.Set("misses", _quality.Misses);
        report.Set("unknown", _quality.Unknown);
        report.Set("window_recall@10", _quality.WindowRecall);
        report.Set("window_dcg@10", _quality.WindowDcg);
        report.Set("fading_recall@10", _quality.FadingRecall);
        report.Set("fading_dcg@10", _quality.FadingDcg);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: the judged model as shape, the quality so far.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Model", _model);
        _quality.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Model", _model);
        _quality.Restore(ref reader);
    }

    private static void SetCount(StageReport report, string name, long? count)
    {
        if (count is long value) report.Set(name, value);
        else report.SetNull(name);
    }
}
