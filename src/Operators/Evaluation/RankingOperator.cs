using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// Judges a model's ranks, which the model's stage wrote before it learned: over the whole stream, from an event on, in a window, with fading memory, and by the age of users and
/// items. Expected O(measures) an event. One caller at a time.
/// </summary>
public sealed class RankingOperator : IOperator, IStateful, IForgetful, IDisposable
{
    private readonly RankMeasures _measures;
    private readonly RankingQuality _quality;
    private readonly RankSums? _late;
    private readonly AgedEvents<AgedRanks>? _ages;
    private readonly double[] _worth;
    private readonly string _model;
    private readonly long _from;
    private readonly ColumnSlot<int> _rank;
    private readonly ColumnSlot<double> _area;
    private readonly ColumnSlot<double> _drawn;
    private readonly ColumnSlot<int> _rankOut;
    private readonly ColumnSlot<double> _recall;
    private readonly ColumnSlot<double> _windowRecall;
    private readonly ColumnSlot<double> _fadingRecall;
    private readonly ColumnSlot<double> _dcg;

    /// <summary>A stage that reads what <see cref="Reads"/> says.</summary>
    public RankingOperator(RankingOptions options, StageBinding binding)
    {
        (_model, _from, _measures) = (options.Model, options.From, options.Measures());
        _quality = new RankingQuality(_measures, options.Window, options.Fading);
        _worth = new double[_measures.Count];
        if (_from > 0) _late = new RankSums(_measures);
        if (options.Ages) _ages = new AgedEvents<AgedRanks>(options.AgeUsers, options.AgeItems, () => new AgedRanks(_measures));
        _rank = binding.ReadInteger($"{options.Model}.{RankColumn(options)}");
        if (_measures.Depth == int.MaxValue) _area = binding.ReadReal($"{options.Model}.{AucDemand.Column(AucDemand.Full)}");
        if (_measures.Samples > 0) _drawn = binding.ReadReal($"{options.Model}.{DrawnColumn(options)}");
        _rankOut = binding.WriteInteger("rank");
        _recall = binding.WriteReal("recall@10");
        _windowRecall = binding.WriteReal("window_recall@10");
        _fadingRecall = binding.WriteReal("fading_recall@10");
        _dcg = binding.WriteReal("dcg@10");
    }

    /// <inheritdoc/>
    public string StateTag => "ranking";

    /// <inheritdoc/>
    public int StateVersion => 2;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Name of the model's column of ranks that these options need.</summary>
    public static string RankColumn(RankingOptions options) =>
        $"{RankDemand.Family}@{(RankDemand.TryParse(options.Depth, out string member, out _) ? member : options.Depth)}";

    /// <summary>The model's columns that these options need.</summary>
    public static IEnumerable<ColumnRead> Reads(RankingOptions options)
    {
        yield return new ColumnRead(options.Model, RankColumn(options), ColumnType.Integer, nameof(RankingOptions.Model));
        if (RankDemand.TryParse(options.Depth, out string member, out _) && member == RankDemand.Full)
            yield return new ColumnRead(options.Model, AucDemand.Column(AucDemand.Full), ColumnType.Real, nameof(RankingOptions.Depth));
        if (options.AucSamples > 0) yield return new ColumnRead(options.Model, DrawnColumn(options), ColumnType.Real, nameof(RankingOptions.AucSamples));
    }

    /// <summary>Most bytes of a stage with these options.</summary>
    public static long BytesFor(RankingOptions options) =>
        RankingQuality.BytesFor(options.Measures(), options.Window) + (options.Ages ? AgedEvents<AgedRanks>.BytesFor(options.AgeUsers, options.AgeItems) + (16 * 1024) : 0);

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        Span<Event> events = batch.Events;
        ReadOnlySpan<int> ranks = batch.Column(_rank);
        ReadOnlySpan<double> areas = _area.IsAssigned ? batch.Column(_area) : default, drawn = _drawn.IsAssigned ? batch.Column(_drawn) : default;
        if (_rankOut.IsAssigned) ranks.CopyTo(batch.Column(_rankOut));
        Span<double> recall = _recall.IsAssigned ? batch.Column(_recall) : default;
        Span<double> windowRecall = _windowRecall.IsAssigned ? batch.Column(_windowRecall) : default;
        Span<double> fadingRecall = _fadingRecall.IsAssigned ? batch.Column(_fadingRecall) : default;
        Span<double> dcg = _dcg.IsAssigned ? batch.Column(_dcg) : default;
        (int ten, int gain) = (_measures.RecallAt(RankMeasure.K), _measures.GainAt(RankMeasure.K));
        for (int i = 0; i < ranks.Length; i++)
        {
            bool ranked = ranks[i] != Ranks.None;
            if (ranked) Add(events[i], batch.FirstOrdinal + i, ranks[i], areas.IsEmpty ? double.NaN : areas[i], drawn.IsEmpty ? double.NaN : drawn[i]);
            if (!recall.IsEmpty) recall[i] = ranked ? _quality.All.Mean(ten) : double.NaN;
            if (!windowRecall.IsEmpty) windowRecall[i] = ranked ? _quality.WindowMean(ten) : double.NaN;
            if (!fadingRecall.IsEmpty) fadingRecall[i] = ranked ? _quality.FadingMean(ten) : double.NaN;
            if (!dcg.IsEmpty) dcg[i] = ranked ? _quality.All.Mean(gain) : double.NaN;
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
        RankReport.Add(report, _measures, _quality.All);
        for (int m = 0; m < _measures.Count; m++) report.Set("window_" + _measures.Names[m], _quality.WindowMean(m));
        for (int m = 0; m < _measures.Count; m++) report.Set("fading_" + _measures.Names[m], _quality.FadingMean(m));
        if (_late is not null) RankReport.Add(report, _measures, _late, "late_");
        _ages?.Report(report);
    }

    /// <summary>Erases how many events the user has had. The measures, over all events, stay.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user) => _ages?.Forget(user);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>
    /// Layout: the judged model as shape, the quality so far, From and Ages as shape, the quality of the late events, the ages. Version 1 has only a shorter quality: what it lacks is
    /// null from there on.
    /// </summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Model", _model);
        _quality.Save(ref writer);
        writer.Shape("From", _from);
        writer.Shape("Ages", _ages is null ? 0 : 1);
        _late?.Save(ref writer);
        _ages?.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Model", _model);
        if (version == 1)
        {
            if (_late is not null || _ages is not null) throw new StateMismatchException("The snapshot was made before From and Ages: they count from the beginning of a stream.");
            _quality.RestoreFirst(ref reader);
            return;
        }

        _quality.Restore(ref reader);
        reader.Shape("From", _from);
        reader.Shape("Ages", _ages is null ? 0 : 1);
        _late?.Restore(ref reader);
        _ages?.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _ages?.Dispose();

    private static string DrawnColumn(RankingOptions options) => AucDemand.Column(options.AucSamples.ToString(CultureInfo.InvariantCulture));

    private void Add(in Event e, long number, int rank, double area, double drawn)
    {
        _measures.Worth(rank, area, drawn, _worth);
        _quality.Add(rank, _worth);
        if (number >= _from) _late?.Add(rank, _worth);
        if (_ages is null) return;
        (AgedRanks user, AgedRanks item) = _ages.Of(e.User, e.Item);
        user.Add(rank, _worth);
        item.Add(rank, _worth);
    }
}
