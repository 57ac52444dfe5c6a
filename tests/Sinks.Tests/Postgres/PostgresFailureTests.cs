using System.Diagnostics;
using Streaming.Shared.Postgres;
using Streaming.Sinks.Postgres;
using Xunit;

namespace Streaming.Sinks.Tests.Postgres;

public sealed class PostgresFailureTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    private const string Others = "FROM pg_stat_activity WHERE application_name = 'streaming' AND pid <> pg_backend_pid()";

    [Fact]
    public async Task A_connection_that_is_cut_is_made_anew_and_rows_are_there_once()
    {
        await using PostgresSink sink = Sink();
        await sink.WriteAsync(Decisions(0, 100), Token);
        await sink.FlushAsync(1, Token);
        await sink.WriteAsync(Decisions(100, 100), Token);
        Assert.Equal("1", await ExecuteAsync($"SELECT count(pg_terminate_backend(pid)) {Others}"));
        await sink.FlushAsync(2, Token);
        Assert.Equal(200, (await RowsAsync("decisions", "record_offset")).Distinct().Count());
        Assert.Contains("tried again", Assert.Single(Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_again_and_again_while_it_writes_costs_no_row()
    {
        await using PostgresSink sink = Sink();
        await sink.WriteAsync(Decisions(0, 1), Token);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task cutting = Task.Run(
            async () =>
            {
                for (int i = 0; i < 10 && !stop.IsCancellationRequested; i++)
                {
                    await ExecuteAsync($"SELECT count(pg_terminate_backend(pid)) {Others}");
                    await Task.Delay(20, Token);
                }
            },
            Token);
        for (int i = 0; i < 20; i++)
        {
            await sink.WriteAsync(Decisions(i * 2000, 2000), Token);
            await sink.FlushAsync(i + 1, Token);
        }

        await stop.CancelAsync();
        await cutting;
        Assert.NotEmpty(Said);
        Assert.Equal(Enumerable.Range(0, 40_000).Select(i => i.ToString()), await RowsAsync("decisions", "record_offset"));
    }

    [Fact]
    public async Task A_server_that_comes_back_in_time_is_waited_for()
    {
        await using PostgresSink sink = Sink();
        await sink.WriteAsync(Decisions(0, 10), Token);
        await Server.StopAsync();
        Task flush = sink.FlushAsync(1, Token).AsTask();
        await Server.StartAsync();
        await flush;
        Assert.Equal(10, (await RowsAsync("decisions", "record_offset")).Count);
    }

    [Fact]
    public async Task A_server_that_stays_away_fails_the_run_in_time()
    {
        await using PostgresSink sink = new(Options(seconds: 1), Binding, TimeProvider.System);
        await sink.WriteAsync(Decisions(0, 10), Token);
        await Server.StopAsync();
        try
        {
            long begun = Stopwatch.GetTimestamp();
            IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, Token));
            Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, .8, 5);
            Assert.Contains("TimeoutSeconds", e.Message, StringComparison.Ordinal);
            Assert.Contains($"127.0.0.1:{Server.Port}/postgres", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", string.Join('\n', [e.ToString(), .. Said]), StringComparison.Ordinal);
        }
        finally
        {
            await Server.StartAsync();
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_fails_the_run_in_time()
    {
        PostgresSinkOptions options = Options(seconds: 1);
        await using PostgresSink sink = new(options, Binding, TimeProvider.System);
        await sink.WriteAsync(Decisions(0, 10), Token);
        await using Npgsql.NpgsqlConnection other = await ConnectAsync();
        await using Npgsql.NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await using Npgsql.NpgsqlCommand hold = new($"LOCK TABLE \"{options.Schema}\".decisions", other);
        await hold.ExecuteNonQueryAsync(Token);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.FlushAsync(1, Token));
        Assert.Contains("TimeoutSeconds", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_fails_at_once_and_is_not_told()
    {
        PostgresSinkOptions options = Options();
        options.Password = "canary-wrong";
        await using PostgresSink sink = new(options, Binding, TimeProvider.System);
        long begun = Stopwatch.GetTimestamp();
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Decisions(0, 1), Token));
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 10);
        Assert.Contains("28P01", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", string.Join('\n', [e.ToString(), .. Said]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_of_another_layout_are_left_alone()
    {
        PostgresSinkOptions options = Options();
        await using (PostgresSink first = new(options, Binding, TimeProvider.System)) await first.WriteAsync(Decisions(0, 1), Token);
        await ExecuteAsync($"COMMENT ON TABLE \"{options.Schema}\".decisions IS 'streaming, layout 7'");
        await using PostgresSink sink = new(options, Binding, TimeProvider.System);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Decisions(0, 1), Token));
        Assert.Contains("'streaming, layout 7'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_only_write_rows_is_enough_where_the_tables_are()
    {
        PostgresSinkOptions options = Options();
        await using (PostgresSink owner = new(options, Binding, TimeProvider.System)) await owner.WriteAsync(Decisions(0, 1), Token);
        await ExecuteAsync($"""
            CREATE ROLE writer LOGIN PASSWORD '{PostgresServer.Password}';
            GRANT USAGE ON SCHEMA "{options.Schema}" TO writer;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{options.Schema}" TO writer
            """);
        options.Connection = options.Connection.Replace("Username=streaming", "Username=writer", StringComparison.Ordinal);
        await using PostgresSink sink = new(options, Binding, TimeProvider.System);
        await sink.WriteAsync(Reported(Decisions(0, 10)), Token);
        await sink.FlushAsync(1, Token);
        Assert.Equal(10, (await RowsAsync("decisions", "record_offset")).Count);
        options.Schema = "another";
        await using PostgresSink elsewhere = new(options, Binding, TimeProvider.System);
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await elsewhere.WriteAsync(Decisions(0, 1), Token));
        Assert.Contains("42501", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_owner_of_a_schema_can_have_the_tables_made()
    {
        PostgresSinkOptions options = Options();
        options.Schema = "owned";
        await ExecuteAsync($"CREATE ROLE owner LOGIN PASSWORD '{PostgresServer.Password}'; CREATE SCHEMA owned AUTHORIZATION owner");
        options.Connection = options.Connection.Replace("Username=streaming", "Username=owner", StringComparison.Ordinal);
        await using PostgresSink sink = new(options, Binding, TimeProvider.System);
        await sink.WriteAsync(Decisions(0, 10), Token);
        await sink.FlushAsync(1, Token);
        Assert.Equal("10", await ExecuteAsync("SELECT count(*) FROM owned.decisions"));
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        await using PostgresSink sink = Sink();
        await sink.WriteAsync(Decisions(0, 10), Token);
        await Server.StopAsync();
        try
        {
            using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
            cancel.CancelAfter(200);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sink.FlushAsync(1, cancel.Token));
        }
        finally
        {
            await Server.StartAsync();
        }
    }
}
