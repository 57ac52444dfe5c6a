using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// How much of what a model would show a user is the same as at the user's visit before: compares (<see cref="ListOverlap"/>) the lists that the model's
/// stage wrote before it learned.
/// </summary>
/// <remarks>An event with a list is a visit; one whose user has been forgotten, or is new, compares with nothing. O(K^2) a visit. One caller at a time.</remarks>
public sealed class StabilityOperator : IOperator, IStateful, IForgetful, IDisposable
{
    private readonly string _model;
    private readonly int _sample;
    private readonly double _persistence;
    private readonly ListOverlap _overlap;
    private readonly LastLists _lists;
    private readonly ulong[] _before;
    private readonly SimilarityMean _jaccard;
    private readonly SimilarityMean _rbo;
    private readonly ColumnSlot<ArenaSpan> _list;
    private readonly ColumnSlot<double> _jaccardOut;
    private readonly ColumnSlot<double> _rboOut;
    private long _visits;

    /// <summary>A stage that reads the column named by <see cref="Demand"/>.</summary>
    public StabilityOperator(StabilityOptions options, StageBinding binding)
    {
        (_model, _sample, _persistence) = (options.Model, options.Sample, options.Persistence);
        _overlap = new ListOverlap(options.K, options.Persistence);
        _lists = new LastLists(options.Users, options.K);
        _before = new ulong[options.K];
        (_jaccard, _rbo) = (new SimilarityMean(options.Window, options.Fading), new SimilarityMean(options.Window, options.Fading));
        _list = binding.ReadList($"{options.Model}.{Demand(options).Column}");
        (_jaccardOut, _rboOut) = (binding.WriteReal("jaccard"), binding.WriteReal("rbo"));
    }

    /// <inheritdoc/>
    public string StateTag => "stability";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>The model's column that these options need.</summary>
    public static TopDemand Demand(StabilityOptions options) => new(options.K, options.Sample);

    /// <summary>Most bytes of a stage with these options.</summary>
    public static long BytesFor(StabilityOptions options) => LastLists.BytesFor(options.Users, options.K) + (2 * SimilarityMean.BytesFor(options.Window)) + (24L * options.K) + 512;

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        Span<Event> events = batch.Events;
        ReadOnlySpan<ArenaSpan> lists = batch.Column(_list);
        Span<double> jaccards = _jaccardOut.IsAssigned ? batch.Column(_jaccardOut) : default;
        Span<double> rbos = _rboOut.IsAssigned ? batch.Column(_rboOut) : default;
        for (int i = 0; i < events.Length; i++)
        {
            (double jaccard, double rbo) = lists[i].IsEmpty ? (double.NaN, double.NaN) : Visit(events[i].User, batch.Items[lists[i]]);
            if (!jaccards.IsEmpty) jaccards[i] = jaccard;
            if (!rbos.IsEmpty) rbos[i] = rbo;
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
        report.Set("visits", _visits);
        report.Set("compared", _jaccard.Count);
        report.Set("users", _lists.Count);
        report.Set("forgotten", _lists.Forgotten);
        report.Set("jaccard", _jaccard.Mean, headline: true);
        report.Set("rbo", _rbo.Mean);
        report.Set("window_jaccard", _jaccard.WindowMean);
        report.Set("window_rbo", _rbo.WindowMean);
        report.Set("fading_jaccard", _jaccard.FadingMean);
        report.Set("fading_rbo", _rbo.FadingMean);
    }

    /// <summary>Erases the list that the user was last shown. The means, over all visits, stay.</summary>
    /// <inheritdoc/>
    public void Forget(ulong user) => _lists.Forget(user);

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: the judged model, the sample and the persistence as shape; visits; the means of both measures; the lists, the oldest first.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Model", _model);
        writer.Shape("Sample", _sample);
        writer.Shape("Persistence", _persistence);
        writer.Write(_visits);
        _jaccard.Save(ref writer);
        _rbo.Save(ref writer);
        _lists.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Model", _model);
        reader.Shape("Sample", _sample);
        reader.Shape("Persistence", _persistence);
        _visits = reader.ReadCount();
        _jaccard.Restore(ref reader);
        _rbo.Restore(ref reader);
        if (_jaccard.Count > _visits || _rbo.Count != _jaccard.Count)
            throw new StateMismatchException($"The snapshot has {_jaccard.Count} and {_rbo.Count} comparisons in {_visits} visits.");
        _lists.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose() => _lists.Dispose();

    private (double Jaccard, double Rbo) Visit(ulong user, ReadOnlySpan<ulong> list)
    {
        _visits++;
        ReadOnlySpan<ulong> before = _lists.Exchange(user, list, _before);
        if (before.IsEmpty) return (double.NaN, double.NaN);
        (double jaccard, double rbo) = _overlap.Compare(before, list);
        _jaccard.Add(jaccard);
        _rbo.Add(rbo);
        return (jaccard, rbo);
    }
}
