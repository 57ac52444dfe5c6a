using Streaming.Abstractions.Reports;
using Streaming.Shared.Time;
using Streaming.Sinks.Console;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Console;

public sealed class ProgressSinkTests : IDisposable
{
    private readonly ManualClock _time = new();
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private double _share = double.NaN;

    public void Dispose() => _out.Dispose();

    private ProgressSink Sink(bool terminal, int width = 100) => new(new ProgressOptions(_out, _time, terminal, width, () => _share));

    private static PipelineReport Report(double rmse, double recall = double.NaN)
    {
        PipelineReport report = new();
        StageReport mf = report.Add("mf", "biased-mf");
        mf.Set("mae", .1);
        mf.Set("rmse", rmse, headline: true);
        report.Add("isgd-rank", "ranking").Set("recall@10", recall, headline: true);
        return report;
    }

    /// <summary>Runs batches of <paramref name="size"/> events through the sink, a second for each 10,000, as the graph does: ask, write.</summary>
    private async Task<List<long>> Run(ProgressSink sink, long from, long to, int size, bool final = false)
    {
        List<long> wanted = [];
        for (long at = from; at < to; at += size)
        {
            int count = (int)Math.Min(size, to - at);
            bool wants = sink.WantsReport(at + count);
            if (wants) wanted.Add(at + count);
            _time.Advance(TimeSpan.FromSeconds(count / 10_000.0));
            PipelineReport? report = wants || (final && at + count == to) ? Report(1 - ((at + count) / 1e6), .0912) : null;
            await sink.WriteAsync(TestBatch.Of(at, count, report), CancellationToken.None);
        }

        return wanted;
    }

    [Fact]
    public async Task A_pipe_gets_a_table_with_rows_further_and_further_apart()
    {
        await using ProgressSink sink = Sink(terminal: false);
        List<long> wanted = await Run(sink, 0, 23_456, 500, final: true);
        await sink.FlushAsync(0, CancellationToken.None);
        Assert.Equal([1000, 2000, 5000, 10_000, 20_000], wanted);
        Assert.Equal(
            """
                   events    events/s    mf rmse  isgd-rank recall@10
                    1,000      10,000      .9990               .09120
                    2,000      10,000      .9980               .09120
                    5,000      10,000      .9950               .09120
                   10,000      10,000      .9900               .09120
                   20,000      10,000      .9800               .09120
                   23,456      10,000      .9765               .09120

            """,
            _out.ToString());
    }

    [Theory]
    [InlineData(1024, new long[] { 1024, 2048, 5120, 10_240 })]
    [InlineData(700, new long[] { 1400, 2100, 5600, 10_500 })]
    [InlineData(8000, new long[] { 8000, 12_000 })]
    public async Task A_row_stands_at_the_first_end_of_a_batch_at_or_after_its_mark(int size, long[] rows)
    {
        await using ProgressSink sink = Sink(terminal: false);
        Assert.Equal(rows, await Run(sink, 0, 12_000, size));
    }

    [Fact]
    public async Task A_resumed_run_counts_its_rate_from_where_it_began()
    {
        await using ProgressSink sink = Sink(terminal: false);
        Assert.Equal([30_500, 50_000], await Run(sink, 30_000, 50_000, 500));
        Assert.Equal(["30,500", "10,000"], _out.ToString().Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]);
    }

    [Fact]
    public async Task A_row_at_the_end_is_not_repeated()
    {
        await using ProgressSink sink = Sink(terminal: false);
        await Run(sink, 0, 1000, 1000);
        await sink.WriteAsync(TestBatch.Of(1000, 0, Report(.9)), CancellationToken.None);
        Assert.Equal(2, _out.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_metric_without_value_is_a_dash_and_the_columns_stay()
    {
        await using ProgressSink sink = Sink(terminal: false);
        await sink.WriteAsync(TestBatch.Of(0, 10, Report(.5, double.NaN)), CancellationToken.None);
        await sink.WriteAsync(TestBatch.Of(10, 10, new PipelineReport()), CancellationToken.None);
        string[] lines = _out.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal("           10           -      .5000                    -", lines[1]);
        Assert.Equal("           20           -          -                    -", lines[2]);
        Assert.Single(lines.Select(line => line.Length).Distinct());
    }

    [Fact]
    public async Task A_terminal_gets_one_line_that_is_rewritten()
    {
        await using ProgressSink sink = Sink(terminal: true);
        Assert.False(sink.WantsReport(100));
        _share = .2;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(sink.WantsReport(20_000));
        await sink.WriteAsync(TestBatch.Of(0, 20_000, Report(.8712, .0912)), CancellationToken.None);
        Assert.Equal("\r 20 %  20,000 events  20,000/s  mf rmse .8712  isgd-rank recall@10 .09120", _out.ToString());

        _out.GetStringBuilder().Clear();
        _share = .4;
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(sink.WantsReport(40_000));
        await sink.WriteAsync(TestBatch.Of(20_000, 20_000, Report(.87, .09)), CancellationToken.None);
        Assert.Equal("\r 40 %  40,000 events  10,000/s  ETA 0:06  mf rmse .8700  isgd-rank recall@10 .09000", _out.ToString());
    }

    [Fact]
    public async Task A_shorter_line_wipes_the_longer_one_and_the_end_wipes_all()
    {
        ProgressSink sink = Sink(terminal: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        await sink.WriteAsync(TestBatch.Of(0, 10, Report(.5, .25)), CancellationToken.None);
        int longer = _out.ToString().Length - 1;
        _time.Advance(TimeSpan.FromSeconds(1));
        _out.GetStringBuilder().Clear();
        await sink.WriteAsync(TestBatch.Of(10, 10, new PipelineReport()), CancellationToken.None);
        Assert.Equal("\r" + "20 events  10/s".PadRight(longer), _out.ToString());

        _out.GetStringBuilder().Clear();
        await sink.FlushAsync(1, CancellationToken.None);
        Assert.Equal("", _out.ToString());
        await sink.FlushAsync(0, CancellationToken.None);
        Assert.Equal("\r" + new string(' ', 15) + "\r", _out.ToString());
        await sink.DisposeAsync();
        Assert.Equal(17, _out.ToString().Length);
    }

    [Fact]
    public async Task A_terminal_is_written_at_most_5_times_a_second()
    {
        await using ProgressSink sink = Sink(terminal: true);
        List<long> wanted = await Run(sink, 0, 50_000, 100);
        Assert.InRange(wanted.Count, 20, 25);
        Assert.InRange(_out.ToString().Count(c => c == '\r'), 20, 25);
        await sink.WriteAsync(TestBatch.Of(50_000, 1, Report(.5)), CancellationToken.None);
        int written = _out.ToString().Length;
        await sink.WriteAsync(TestBatch.Of(50_001, 1, Report(.5)), CancellationToken.None);
        Assert.Equal(written, _out.ToString().Length);
    }

    [Fact]
    public async Task A_line_never_reaches_the_last_cell()
    {
        await using ProgressSink sink = Sink(terminal: true, width: 30);
        _time.Advance(TimeSpan.FromSeconds(1));
        await sink.WriteAsync(TestBatch.Of(0, 10, Report(.5, .25)), CancellationToken.None);
        Assert.Equal("\r10 events  10/s  mf rmse .500", _out.ToString());
    }

    [Fact]
    public async Task Long_estimates_have_hours()
    {
        await using ProgressSink sink = Sink(terminal: true);
        foreach (double share in new[] { .1, .2 })
        {
            _share = share;
            _time.Advance(TimeSpan.FromSeconds(1000));
            await sink.WriteAsync(TestBatch.Of(0, 10, new PipelineReport()), CancellationToken.None);
        }

        Assert.Contains("ETA 2:13:20", _out.ToString(), StringComparison.Ordinal);
    }
}
