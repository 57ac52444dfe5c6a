using System.Text.Json;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Reports;
using Streaming.Sinks.Postgres;
using Xunit;

namespace Streaming.Sinks.Tests.Postgres;

public sealed class PostgresSinkTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    private const string Key = "source, partition, record_offset";

    [Fact]
    public async Task Numbers_of_a_report_are_rows_and_what_does_not_exist_is_null()
    {
        await using PostgresSink sink = Sink();
        Assert.Equal(10, sink.ReportEvery);
        await sink.WriteAsync(Reported(Decisions(0, 20), r => r.Add("empty", "none").SetNull("nothing")), Token);
        await sink.WriteAsync(Reported(Decisions(20, 5)), Token); // somebody else's
        await sink.FlushAsync(1, Token);
        Assert.Equal(
            [
                "clicks 3 20 baseline rmse 0.8991", "clicks 3 20 drift drift_count 2", "clicks 3 20 empty nothing -", "clicks 3 20 isgd-rank mrr -",
                "clicks 3 20 isgd-rank recall@10 0.0912", "clicks 3 20 mf evictions 0", "clicks 3 20 mf items 3410", "clicks 3 20 mf mae 0.6721", "clicks 3 20 mf rmse 0.8712",
                "clicks 3 20 mf users 5998",
            ],
            (await RowsAsync("window_metrics", $"{Key}, stage, metric, value")).Order(StringComparer.Ordinal));
        Assert.Equal(["20 2013-05-31 11:33:20+00"], (await RowsAsync("window_metrics", "event_ordinal, event_time::text")).Distinct());
    }

    [Fact]
    public async Task A_decision_is_a_row_with_what_each_stage_said_of_it()
    {
        await using PostgresSink sink = Sink();
        EventBatch batch = Decisions(40, 3);
        batch.Events[1].Kind = EventKind.Interaction;
        ref Event bare = ref batch.Events[2];
        (bare.User, bare.Item, bare.Propensity, bare.Value, bare.Time) = (0, 0, double.NaN, double.NaN, long.MinValue);
        batch.Column(new ColumnSlot<double>(0))[2] = double.NaN;
        batch.Column(new ColumnSlot<int>(0))[2] = -1;
        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        Assert.Equal(
            [
                """clicks 3 40  2013-05-31 11:34:00+00 user-5 arm-1 0.25 0 {"policy": {"chosen": 1, "reward": 5}}""",
                "clicks 3 42  - - - - - {}",
            ],
            await RowsAsync("decisions", $"{Key}, topic, event_time::text, user_id, chosen, propensity, reward, stages::text"));
    }

    [Fact]
    public async Task Decisions_are_left_out_where_they_are_not_wanted()
    {
        PostgresSinkOptions options = Options();
        options.Decisions = false;
        await using PostgresSink sink = new(options, Binding, TimeProvider.System);
        await sink.WriteAsync(Reported(Decisions(0, 10)), Token);
        sink.Forget(Names.Encode("user-1"));
        await sink.FlushAsync(1, Token);
        Assert.Empty(await RowsAsync("decisions", Key));
        Assert.NotEmpty(await RowsAsync("window_metrics", Key));
    }

    [Fact]
    public async Task The_same_batches_again_change_no_row()
    {
        async Task<List<string>> RunAsync(int cut)
        {
            await using PostgresSink sink = Sink();
            for (int first = 0; first < 100; first += cut)
            {
                await sink.WriteAsync(first + cut < 100 ? Decisions(first, cut) : Reported(Decisions(first, cut)), Token);
                if (first % 50 == 0) await sink.FlushAsync(first + 1, Token);
            }

            await sink.FlushAsync(0, Token);
            return [.. await RowsAsync("decisions", "decisions.*, xmin::text"), .. await RowsAsync("window_metrics", "window_metrics.*, xmin::text")];
        }

        List<string> once = await RunAsync(10);
        Assert.Equal(110 - 1, once.Count); // a report of nine numbers
        Assert.Equal(once, await RunAsync(10));
        Assert.Equal(once, await RunAsync(50));
    }

    [Fact]
    public async Task A_row_that_differs_is_replaced_and_of_two_in_one_commit_the_last_counts()
    {
        await using PostgresSink sink = Sink();
        await sink.WriteAsync(Reported(Decisions(0, 10)), Token);
        EventBatch last = Decisions(10, 0);
        last.Report = new PipelineReport { IsFinal = true };
        last.Report.Add("mf", "biased-mf").Set("mae", .125);
        await sink.WriteAsync(last, Token);
        EventBatch again = Decisions(0, 10);
        again.Events[4].Value = 99;
        await sink.WriteAsync(again, Token);
        await sink.FlushAsync(1, Token);
        Assert.Contains("mf mae 0.125", await RowsAsync("window_metrics", "stage, metric, value"));
        Assert.Equal(["0", "1", "0", "1", "99", "1", "0", "1", "0", "1"], await OffsetsAsync());
        again.Events[4].Value = 98;
        await sink.WriteAsync(again, Token);
        await sink.FlushAsync(2, Token);
        Assert.Equal("98", (await OffsetsAsync())[4]);

        async Task<List<string>> OffsetsAsync() => [.. (await RowsAsync("decisions", "record_offset, reward")).Select(r => r.Split(' ')[1])];
    }

    [Fact]
    public async Task Rows_are_committed_before_they_become_too_many()
    {
        await using PostgresSink sink = Sink();
        await sink.WriteAsync(Decisions(0, 25_000), Token);
        Assert.Equal(20_000, (await RowsAsync("decisions", Key)).Count);
        await sink.FlushAsync(1, Token);
        Assert.Equal(25_000, (await RowsAsync("decisions", Key)).Count);
    }

    [Fact]
    public async Task Topics_keep_offsets_apart()
    {
        await using PostgresSink sink = new(Options(), Binding with { Topics = ["clicks", "rewards"] }, TimeProvider.System);
        EventBatch batch = Decisions(5, 2);
        batch.Events[1].Offset = 5;
        batch.Events[1].Topic = 1;
        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        Assert.Equal(["clicks 5", "rewards 5"], await RowsAsync("decisions", "topic, record_offset"));
    }

    [Fact]
    public async Task A_user_who_is_forgotten_loses_the_rows_before_and_not_those_after()
    {
        await using PostgresSink sink = Sink();
        await sink.WriteAsync(Decisions(0, 70), Token);
        await sink.FlushAsync(1, Token);
        await sink.WriteAsync(Decisions(70, 35), Token);
        sink.Forget(Names.Encode("user-3"));
        await sink.WriteAsync(Decisions(105, 7), Token);
        await sink.FlushAsync(2, Token);
        Assert.Equal(["user-3 108"], (await RowsAsync("decisions", "user_id, record_offset")).Where(r => r.StartsWith("user-3", StringComparison.Ordinal)));
        Assert.Equal(112 - 15, (await RowsAsync("decisions", Key)).Count);
    }

    [Fact]
    public async Task What_looks_like_SQL_is_data()
    {
        const string Nasty = "'); DROP SCHEMA public CASCADE; -- \" \\ $1 日本";
        PostgresSinkOptions options = Options();
        options.Schema = "x\"; DROP TABLE pg_class; -- '";
        SinkBinding binding = Binding with { Source = Nasty, Topics = [Nasty] };
        await using PostgresSink sink = new(options, binding, TimeProvider.System);
        EventBatch batch = Decisions(0, 10);
        for (int i = 0; i < 10; i++) (batch.Events[i].User, batch.Events[i].Item) = (Names.Encode(Nasty), Names.Encode(Nasty + i));
        await sink.WriteAsync(Reported(batch, r => r.Add(Nasty, "type").Set(Nasty, 1.5)), Token);
        await sink.FlushAsync(1, Token);
        string schema = options.Schema.Replace("\"", "\"\"", StringComparison.Ordinal);
        Assert.Equal("10", await ExecuteAsync($"SELECT count(*) FROM \"{schema}\".decisions WHERE user_id = source AND topic = source AND starts_with(chosen, source)"));
        Assert.Equal(Nasty, await ExecuteAsync($"SELECT metric FROM \"{schema}\".window_metrics WHERE stage = source AND value = 1.5"));
        sink.Forget(Names.Encode(Nasty));
        await sink.FlushAsync(2, Token);
        Assert.Equal("0", await ExecuteAsync($"SELECT count(*) FROM \"{schema}\".decisions"));
    }

    [Fact]
    public async Task Infinities_are_numbers_of_a_column_and_null_in_JSON()
    {
        await using PostgresSink sink = Sink();
        EventBatch batch = Decisions(0, 1);
        batch.Events[0].Value = double.NegativeInfinity;
        batch.Column(new ColumnSlot<double>(0))[0] = double.PositiveInfinity;
        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        string row = Assert.Single(await RowsAsync("decisions", "reward, stages::text"));
        Assert.StartsWith("-Infinity ", row, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(row["-Infinity ".Length..]).RootElement.GetProperty("policy").GetProperty("reward").ValueKind);
    }

    [Fact]
    public async Task Sinks_of_many_shards_can_start_at_once()
    {
        PostgresSink[] sinks = [.. Enumerable.Range(0, 8).Select(shard => new PostgresSink(Options(), Binding with { Shard = shard }, TimeProvider.System))];
        await Task.WhenAll(sinks.Select(async sink =>
        {
            await sink.WriteAsync(Reported(Decisions(0, 10)), Token);
            await sink.FlushAsync(1, Token);
            await sink.DisposeAsync();
        }));
        Assert.Equal(8 * 9, (await RowsAsync("window_metrics", Key)).Count);
    }

    [Fact]
    public async Task Gathering_rows_allocates_nothing_once_warm()
    {
        await using PostgresSink sink = Sink();
        EventBatch batch = Decisions(0, 1000);
        for (int i = 0; i < 9; i++) await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 9; i++)
        {
            ValueTask write = sink.WriteAsync(batch, Token);
            Assert.True(write.IsCompletedSuccessfully);
            await write;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
