using System.Collections.Frozen;
using Npgsql;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Stages;
using Streaming.Ingest.Kafka;
using Streaming.Shared.Files;
using Streaming.Shared.Kafka;
using Streaming.Shared.Postgres;
using Streaming.Sinks.Kafka;
using Streaming.Sinks.Postgres;
using Streaming.Sinks.Tests.Kafka;
using Streaming.Sinks.Tests.Support;

namespace Streaming.Sinks.Tests.Contract;

/// <summary>What a sink of one line of the catalogue writes to, and what is there.</summary>
internal abstract class Outlet(SinkType type) : IAsyncDisposable
{
    public EntityKeyCodec Names { get; } = new(42);

    protected SinkType Type => type;

    /// <summary>The outlet of a line; a line without one has no contract test, which fails.</summary>
    public static async Task<Outlet> OfAsync(SinkType type, PostgresServer? server)
    {
        switch (type.NewOptions())
        {
            case IFileSinkOptions:
                return new FileOutlet(type);
            case KafkaSinkOptions:
                NativeLibrdkafka.Register(null);
                return new KafkaOutlet(type, await MockCluster.StartAsync(1, ("out", 1)));
            case PostgresSinkOptions:
                return new PostgresOutlet(type, server!);
            default:
                throw new NotSupportedException($"{type.Name} has options of type {type.OptionsType}: say here what it writes to.");
        }
    }

    public ISink Create() => type.Create(Options(), Binding());

    /// <summary>What is there, in order; what came twice where the sink promises no more than at least once, once.</summary>
    public abstract Task<IReadOnlyList<string>> ContentAsync();

    public abstract ValueTask DisposeAsync();

    protected abstract object Options();

    protected virtual SinkBinding Binding() =>
        new("sink", [ColumnView.Of("mf", "score", ColumnType.Real, 0), ColumnView.Of("drift", "signal", ColumnType.Integer, 0)], Names) { Source = "clicks" };

    private sealed class FileOutlet(SinkType type) : Outlet(type)
    {
        private readonly TemporaryFolder _folder = new();

        public override async Task<IReadOnlyList<string>> ContentAsync() => File.Exists(_folder.File("out")) ? await File.ReadAllLinesAsync(_folder.File("out")) : [];

        public override ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override object Options()
        {
            object options = Type.NewOptions();
            Type.OptionsType.GetProperty("File")!.SetValue(options, _folder.File("out"));
            return options;
        }
    }

    private sealed class KafkaOutlet(SinkType type, MockCluster cluster) : Outlet(type)
    {
        public override Task<IReadOnlyList<string>> ContentAsync() =>
            Task.FromResult<IReadOnlyList<string>>([.. TopicReader.ReadAll(cluster.Bootstrap, "out").Select(m => m.ToString()).Distinct(StringComparer.Ordinal)]);

        public override ValueTask DisposeAsync() => cluster.DisposeAsync();

        protected override object Options()
        {
            KafkaSinkOptions options = (KafkaSinkOptions)Type.NewOptions();
            options.Topic = "out";
            if (options is KafkaMetricsSinkOptions metrics) metrics.Every = Stream.Every;
            return options;
        }

        protected override SinkBinding Binding() => base.Binding() with
        {
            Kafka = KafkaSettings.None with { Common = new Dictionary<string, string>(StringComparer.Ordinal) { ["bootstrap.servers"] = cluster.Bootstrap }.ToFrozenDictionary() },
        };
    }

    private sealed class PostgresOutlet(SinkType type, PostgresServer server) : Outlet(type)
    {
        private static int _schemas;

        private readonly string _schema = $"contract {Interlocked.Increment(ref _schemas)}";

        public override async Task<IReadOnlyList<string>> ContentAsync()
        {
            await using NpgsqlConnection connection = new($"{server.Connection};Password={PostgresServer.Password};Pooling=false");
            await connection.OpenAsync();
            string tables = $"SELECT t::text || xmin::text FROM \"{_schema}\".decisions t UNION ALL SELECT t::text || xmin::text FROM \"{_schema}\".window_metrics t ORDER BY 1";
            await using NpgsqlCommand command = new($"SELECT to_regnamespace('\"{_schema}\"') IS NOT NULL", connection);
            if (!(bool)(await command.ExecuteScalarAsync())!) return [];
            command.CommandText = tables;
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            List<string> rows = [];
            while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
            return rows;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override object Options() => new PostgresSinkOptions { Connection = server.Connection, Password = PostgresServer.Password, Schema = _schema, Every = Stream.Every };
    }
}
