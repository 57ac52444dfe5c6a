using System.Collections.Immutable;
using Streaming.Host.Views;

namespace Streaming.Host.Observability;

/// <summary>The runs of a process that a scrape sees: one of a replay, one a shard of a worker; and the views across those. Safe from any thread.</summary>
internal sealed class MetricsBoard
{
    private ImmutableSortedDictionary<int, RunMetrics> _runs = ImmutableSortedDictionary<int, RunMetrics>.Empty;

    /// <summary>The runs, by number of their shard.</summary>
    public IEnumerable<RunMetrics> Runs => Volatile.Read(ref _runs).Values;

    /// <summary>What the stages of a worker say across its shards.</summary>
    public ViewBoard Views { get; } = new();

    /// <summary>Shows a run from now on.</summary>
    public void Add(RunMetrics run) => ImmutableInterlocked.Update(ref _runs, (runs, added) => runs.SetItem(added.Shard, added), run);

    /// <summary>Shows a run no more.</summary>
    public void Remove(RunMetrics run) => ImmutableInterlocked.Update(ref _runs, (runs, removed) => runs.Remove(removed.Shard), run);

    /// <summary>Asks every run for a report and waits for them, at most <paramref name="patience"/> in all.</summary>
    public Task RefreshAsync(TimeSpan patience, CancellationToken ct) => Task.WhenAll(Runs.Select(run => run.RefreshAsync(patience, ct)));
}
