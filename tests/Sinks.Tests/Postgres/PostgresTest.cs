using Npgsql;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Shared.Postgres;
using Streaming.Sinks.Postgres;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Postgres;

/// <summary>A schema of its own for each test, and a look at what is in it.</summary>
[Collection(PostgresTests.Name)]
public abstract class PostgresTest(PostgresFixture fixture) : IAsyncLifetime
{
    private static int _schemas;

    private readonly string _schema = $"test {Interlocked.Increment(ref _schemas)}";

    internal EntityKeyCodec Names { get; } = new(42);

    internal List<string> Said { get; } = [];

    protected PostgresServer Server { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    internal SinkBinding Binding => new("rows", [ColumnView.Of("policy", "reward", ColumnType.Real, 0), ColumnView.Of("policy", "chosen", ColumnType.Integer, 0)], Names)
    {
        Source = "clicks",
        Shard = 3,
        Say = Said.Add,
    };

    public async ValueTask InitializeAsync() => Server = await fixture.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal PostgresSinkOptions Options(int seconds = 30) =>
        new() { Connection = Server.Connection, Password = PostgresServer.Password, Schema = _schema, Every = 10, TimeoutSeconds = seconds };

    internal PostgresSink Sink() => new(Options(), Binding, TimeProvider.System);

    /// <summary>Decisions from <paramref name="first"/> on, a function of their numbers alone.</summary>
    internal EventBatch Decisions(long first, int count)
    {
        EventBatch batch = TestBatch.Empty(Math.Max(1, count), doubles: 1, ints: 1);
        for (int i = 0; i < count; i++)
        {
            long n = first + i;
            ref Event e = ref batch.Add();
            (e.Kind, e.Partition, e.Offset, e.Time) = (EventKind.Decision, 3, n, TestBatch.Time + (n * 1_000_000));
            (e.User, e.Item, e.Propensity, e.Value) = (Names.Encode($"user-{n % 7}"), Names.Encode($"arm-{n % 3}"), .25, n % 2);
            batch.Column(new ColumnSlot<double>(0))[i] = n / 8.0;
            batch.Column(new ColumnSlot<int>(0))[i] = (int)(n % 3);
        }

        batch.FirstOrdinal = first;
        batch.Position.Single.Records = first + count;
        batch.Position.Single.Time = TestBatch.Time;
        return batch;
    }

    internal static EventBatch Reported(EventBatch batch, Action<PipelineReport>? more = null)
    {
        batch.Report = Runs.Report();
        more?.Invoke(batch.Report);
        return batch;
    }

    /// <summary>Rows of a table as text, in the order of its key; nulls as a dash.</summary>
    internal async Task<List<string>> RowsAsync(string table, string columns)
    {
        List<string> rows = [];
        await using NpgsqlConnection connection = await ConnectAsync();
        await using NpgsqlCommand command = new($"SELECT {columns} FROM \"{_schema}\".{table} ORDER BY source, partition, record_offset, 1", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token))
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        return rows;
    }

    internal async Task<string> ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = await ConnectAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(Token)) ?? "";
    }

    internal async Task<NpgsqlConnection> ConnectAsync()
    {
        NpgsqlConnection connection = new($"{Server.Connection};Password={PostgresServer.Password};Pooling=false;Timezone=UTC");
        await connection.OpenAsync(Token);
        return connection;
    }
}
