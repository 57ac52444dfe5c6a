using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Sources;
using Streaming.Host.Observability;
using Streaming.Shared.Chaos;
using Xunit;

namespace Streaming.Host.Tests.Observability;

public class RunMetricsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_scrape_wishes_for_one_report_and_gets_the_next_that_comes()
    {
        using BatchPool pool = new(4, 10, 0, 0);
        RunMetrics metrics = new(TimeProvider.System);
        Assert.False(metrics.TakeWish());
        metrics.Begin(new RunParts(new CountingSource(1), pool, [], [], null));
        Task first = metrics.RefreshAsync(Long, CancellationToken.None), second = metrics.RefreshAsync(Long, CancellationToken.None);
        Assert.True(metrics.TakeWish());
        Assert.False(metrics.TakeWish());
        Observe(metrics, pool, events: 3, report: null);
        Assert.Equal((false, false, 3L, 1L), (first.IsCompleted, second.IsCompleted, metrics.Totals.Events, metrics.Totals.Batches));
        PipelineReport report = new();
        Observe(metrics, pool, events: 7, report);
        await Task.WhenAll(first, second);
        Assert.Same(report, metrics.Report);
        Assert.Equal(7, metrics.Totals.Events);
    }

    [Fact]
    public async Task A_stream_that_stands_still_holds_a_scrape_up_only_so_long()
    {
        using BatchPool pool = new(4, 10, 0, 0);
        RunMetrics metrics = new(TimeProvider.System);
        metrics.Begin(new RunParts(new CountingSource(1), pool, [], [], null));
        await metrics.RefreshAsync(TimeSpan.FromMilliseconds(5), CancellationToken.None).WaitAsync(Long);
        Assert.Null(metrics.Report);
    }

    [Fact]
    public async Task Nothing_is_waited_for_before_the_run_after_the_final_report_and_when_it_has_failed()
    {
        using BatchPool pool = new(4, 10, 0, 0);
        RunMetrics metrics = new(TimeProvider.System);
        Assert.True(metrics.RefreshAsync(Long, CancellationToken.None).IsCompletedSuccessfully);
        metrics.Begin(new RunParts(new CountingSource(1), pool, [], [], null));
        Task waiting = metrics.RefreshAsync(Long, CancellationToken.None);
        Observe(metrics, pool, events: 3, new PipelineReport { IsFinal = true });
        await waiting;
        Assert.True(metrics.RefreshAsync(Long, CancellationToken.None).IsCompletedSuccessfully);

        RunMetrics failed = new(TimeProvider.System);
        failed.Begin(new RunParts(new CountingSource(1), pool, [], [], null));
        waiting = failed.RefreshAsync(Long, CancellationToken.None);
        failed.End();
        await waiting;
        Assert.True(failed.RefreshAsync(Long, CancellationToken.None).IsCompletedSuccessfully);
    }

    private static void Observe(RunMetrics metrics, BatchPool pool, long events, PipelineReport? report)
    {
        BatchLease lease = pool.Rent();
        SourcePosition position = new();
        position.Single.Events = events;
        lease.Batch.Position.CopyFrom(position);
        lease.Batch.Report = report;
        metrics.Observe(lease.Batch);
        lease.Release();
    }
}
