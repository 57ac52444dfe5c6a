using System.Collections.Frozen;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Stages;
using Streaming.Ingest.Kafka;
using Streaming.Shared.Kafka;
using Xunit;

namespace Streaming.Sinks.Tests.Kafka;

/// <summary>A cluster with the topic <c>out</c> for each test.</summary>
public abstract class KafkaTest : IAsyncLifetime
{
    private MockCluster? _cluster;

    internal EntityKeyCodec Names { get; } = new(42);

    internal List<string> Said { get; } = [];

    protected MockCluster Cluster => _cluster!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        NativeLibrdkafka.Register(null);
        _cluster = await MockCluster.StartAsync(1, ("out", 1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal SinkBinding Binding(params (string Name, string Value)[] producer) =>
        new("sink", [ColumnView.Of("mf", "score", ColumnType.Real, 0), ColumnView.Of("drift", "signal", ColumnType.Integer, 0)], Names)
        {
            Source = "clicks",
            Say = Said.Add,
            Kafka = KafkaSettings.None with
            {
                Common = new Dictionary<string, string>(StringComparer.Ordinal) { ["bootstrap.servers"] = Cluster.Bootstrap }.ToFrozenDictionary(),
                Consumer = new Dictionary<string, string>(StringComparer.Ordinal) { ["group.id"] = "engine", ["group.instance.id"] = "one" }.ToFrozenDictionary(),
                Producer = producer.ToFrozenDictionary(s => s.Name, s => s.Value),
            },
        };

    internal List<ReadMessage> Out() => TopicReader.ReadAll(Cluster.Bootstrap, "out");
}
