using System.Collections.Immutable;
using Streaming.Host.Views;
using Streaming.Host.Web;
using Streaming.Ingest.Kafka;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Observability;

/// <summary>
/// What a scrape sees of a process: its runs, one of a replay, one a shard of a worker, the views across those, and where a worker's events come from. Safe from any thread.
/// </summary>
internal sealed class MetricsBoard
{
    private ImmutableSortedDictionary<int, RunMetrics> _runs = ImmutableSortedDictionary<int, RunMetrics>.Empty;

    /// <summary>The source of a worker on Kafka; null for others.</summary>
    public IKafkaState? Kafka { get; set; }

    /// <summary>The write-ahead log of a worker that is sent its events; null for others, and before it is open.</summary>
    public WriteAheadLog? Log { get; set; }

    /// <summary>The requests to that worker; null for others.</summary>
    public EventsCounts? Events { get; init; }

    /// <summary>The runs, by number of their shard.</summary>
    public IEnumerable<RunMetrics> Runs => Volatile.Read(ref _runs).Values;

    /// <summary>The run of a shard; null where there is none.</summary>
    public RunMetrics? RunOf(int shard) => Volatile.Read(ref _runs).GetValueOrDefault(shard);

    /// <summary>What the stages of a worker say across its shards.</summary>
    public ViewBoard Views { get; } = new();

    /// <summary>Shows a run from now on.</summary>
    public void Add(RunMetrics run) => ImmutableInterlocked.Update(ref _runs, (runs, added) => runs.SetItem(added.Shard, added), run);

    /// <summary>Shows a run no more.</summary>
    public void Remove(RunMetrics run) => ImmutableInterlocked.Update(ref _runs, (runs, removed) => runs.Remove(removed.Shard), run);

    /// <summary>Asks every run for a report and waits for them, at most <paramref name="patience"/> in all.</summary>
    public Task RefreshAsync(TimeSpan patience, CancellationToken ct) => Task.WhenAll(Runs.Select(run => run.RefreshAsync(patience, ct)));
}
