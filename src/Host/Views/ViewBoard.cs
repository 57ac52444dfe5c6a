using System.Collections.Immutable;
using Streaming.Abstractions.Keys;
using Streaming.Host.Graph;

namespace Streaming.Host.Views;

/// <summary>
/// Views across the shards of this process: for each stage whose states can be merged, the merge of what each shard has published last. Shards publish at fixed numbers of their
/// records, so a view depends on how far each shard has come and on nothing else: not on threads, batches, or who had the shard before.
/// </summary>
/// <remarks>
/// Safe from any thread. A view is made when somebody asks and something has changed; who publishes never waits for that. What was published is no state: a shard that
/// comes (back) is in no view until it has published.
/// </remarks>
internal sealed class ViewBoard
{
    private readonly Lock _gate = new();
    private readonly Lock _making = new();
    private readonly List<StageViews> _stages = [];
    private ImmutableArray<StageView> _latest = [];

    /// <summary>The views that <see cref="Refresh"/> made last, in the order of the flow.</summary>
    public ImmutableArray<StageView> Latest
    {
        get
        {
            lock (_gate) return _latest;
        }
    }

    /// <summary>Who publishes, stage by stage in the order of the flow, by number of the shard.</summary>
    public ImmutableArray<(PlannedStage Stage, StagePublisher Publisher)> Publishers
    {
        get
        {
            lock (_gate) return [.. _stages.SelectMany(s => s.Publishers.Values.Select(p => (s.Stage, p)))];
        }
    }

    /// <summary>A stage of a shard is to publish from now on.</summary>
    /// <param name="shard">Number of the shard, which has not added this stage since it was removed.</param>
    /// <param name="stage">The stage: the same for every shard.</param>
    /// <param name="names">Gives the shard's keys their names.</param>
    /// <param name="time">Measures; never reaches a result.</param>
    public StagePublisher Add(int shard, PlannedStage stage, EntityKeyCodec names, TimeProvider time)
    {
        StagePublisher publisher = new(shard, names, time);
        lock (_gate)
        {
            StageViews? views = _stages.Find(s => s.Stage.Id == stage.Id);
            if (views is null) _stages.Add(views = new StageViews(stage));
            views.Publishers.Add(shard, publisher);
        }

        return publisher;
    }

    /// <summary>A shard goes: its parts leave the views. When this returns nothing of it is copied any more.</summary>
    public void Remove(int shard)
    {
        List<StagePublisher> gone = [];
        lock (_making)
        {
            lock (_gate)
            {
                foreach (StageViews stage in _stages.ToArray())
                {
                    if (!stage.Publishers.Remove(shard, out StagePublisher? publisher)) continue;
                    gone.Add(publisher);
                    if (stage.Publishers.Count > 0) continue;
                    _stages.Remove(stage);
                    stage.Dispose();
                }
            }
        }

        foreach (StagePublisher publisher in gone) publisher.Dispose();
    }

    /// <summary>Makes the views of what is published now. O(bytes of what has changed, and of the other parts of those stages).</summary>
    public ImmutableArray<StageView> Refresh()
    {
        lock (_making)
        {
            (StageViews Views, StagePublisher[] Publishers)[] stages;
            lock (_gate) stages = [.. _stages.Select(s => (s, s.Publishers.Values.ToArray()))];
            ImmutableArray<StageView> views = [.. stages.Select(s => s.Views.Make(s.Publishers))];
            lock (_gate) _latest = views;
            return views;
        }
    }
}
