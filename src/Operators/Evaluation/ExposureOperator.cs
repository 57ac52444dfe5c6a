using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>Judges what a model's lists show (<see cref="ExposureQuality"/>), which the model's stage wrote before it learned, of the items that interactions have named.</summary>
/// <remarks>An event's list is looked at before the event is counted. One caller at a time.</remarks>
public sealed class ExposureOperator : IOperator, IStateful, IDisposable
{
    private readonly string _model;
    private readonly string _at;
    private readonly int _sample;
    private readonly double _fading;
    private readonly ExposureQuality _quality;
    private readonly ColumnSlot<ArenaSpan> _list;
    private readonly ColumnSlot<double> _coverageOut;
    private readonly ColumnSlot<double> _noveltyOut;

    /// <summary>A stage that reads the column named by <see cref="Demand"/>.</summary>
    public ExposureOperator(ExposureOptions options, StageBinding binding)
    {
        (_model, _sample, _fading) = (options.Model, options.Sample, options.Fading);
        _at = string.Create(CultureInfo.InvariantCulture, $"@{options.K}");
        _quality = new ExposureQuality(options);
        _list = binding.ReadList($"{options.Model}.{Demand(options).Column}");
        (_coverageOut, _noveltyOut) = (binding.WriteReal("coverage"), binding.WriteReal("novelty"));
    }

    /// <inheritdoc/>
    public string StateTag => "exposure";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>The model's column that these options need.</summary>
    public static TopDemand Demand(ExposureOptions options) => new(options.K, options.Sample);

    /// <summary>Most bytes of a stage with these options.</summary>
    public static long BytesFor(ExposureOptions options) => ExposureQuality.BytesFor(options) + 256;

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        Span<Event> events = batch.Events;
        ReadOnlySpan<ArenaSpan> lists = batch.Column(_list);
        Span<double> coverages = _coverageOut.IsAssigned ? batch.Column(_coverageOut) : default;
        Span<double> novelties = _noveltyOut.IsAssigned ? batch.Column(_noveltyOut) : default;
        for (int i = 0; i < events.Length; i++)
        {
            double novelty = lists[i].IsEmpty ? double.NaN : _quality.Show(batch.Items[lists[i]]);
            if (!novelties.IsEmpty) novelties[i] = novelty;
            if (!coverages.IsEmpty) coverages[i] = lists[i].IsEmpty ? double.NaN : _quality.Coverage;
            ref readonly Event e = ref events[i];
            if (e.Kind == EventKind.Interaction && e.User != EntityKeyCodec.None && e.Item != EntityKeyCodec.None) _quality.Count(e.Item);
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
        report.Set("lists", _quality.Lists);
        report.Set("items", _quality.Items);
        report.Set("left_out", _quality.LeftOut);
        report.Set("coverage" + _at, _quality.Coverage, headline: true);
        report.Set("novelty" + _at, _quality.Novelty);
        report.Set("gini" + _at, _quality.Gini);
        report.Set("window_coverage" + _at, _quality.WindowCoverage);
        report.Set("window_novelty" + _at, _quality.WindowNovelty);
        report.Set("window_gini" + _at, _quality.WindowGini);
        report.Set("fading_coverage" + _at, _quality.FadingCoverage);
        report.Set("fading_novelty" + _at, _quality.FadingNovelty);
        report.Set("fading_gini" + _at, _quality.FadingGini);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: the judged model, the sample and the fading factor as shape; the quality.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Model", _model);
        writer.Shape("Sample", _sample);
        writer.Shape("Fading", _fading);
        _quality.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Model", _model);
        reader.Shape("Sample", _sample);
        reader.Shape("Fading", _fading);
        _quality.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _quality.Dispose();
}
