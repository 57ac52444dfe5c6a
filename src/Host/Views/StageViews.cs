using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Host.Graph;

namespace Streaming.Host.Views;

/// <summary>The views of one stage: who publishes for them, and the last one that was made.</summary>
/// <remarks><see cref="Publishers"/> is changed by <see cref="ViewBoard"/> under its lock; one caller at a time makes views and disposes.</remarks>
internal sealed class StageViews(PlannedStage stage) : IDisposable
{
    private readonly ViewMerger _merger = new(stage);
    private (int Shard, long Serial, int Forgotten)[] _marks = [];
    private StageView _last = new(stage, [], null, []);

    /// <summary>The stage.</summary>
    public PlannedStage Stage => stage;

    /// <summary>Who publishes, by number of the shard.</summary>
    public SortedDictionary<int, StagePublisher> Publishers { get; } = [];

    /// <summary>The view of what is published now: the last one, where nothing has changed.</summary>
    /// <param name="publishers">Whose parts may be in it, by number of the shard.</param>
    public StageView Make(IReadOnlyList<StagePublisher> publishers)
    {
        List<PublishedPart> parts = [];
        try
        {
            foreach (StagePublisher publisher in publishers)
            {
                if (publisher.Take() is { } part) parts.Add(part);
            }

            (int, long, int)[] marks = [.. parts.Select(p => p.Mark)];
            if (marks.AsSpan().SequenceEqual(_marks)) return _last;
            _last = new StageView(
                stage, [.. parts.Select(p => new ViewPart(p.Publisher.Shard, p.State.Records, p.State.Bytes))], parts.Count == 0 ? null : Report(_merger.Merge(parts)), [.. parts.Select(p => p.Publisher.Names)]);
            _marks = marks;
            return _last;
        }
        finally
        {
            foreach (PublishedPart part in parts) part.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _merger.Dispose();

    private StageReport Report(IMergeableOperator merged)
    {
        StageReport report = new(stage.Id, stage.Type.Name);
        merged.Report(report);
        return report;
    }
}
