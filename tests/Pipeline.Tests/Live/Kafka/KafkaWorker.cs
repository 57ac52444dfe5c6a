using System.Globalization;
using Streaming.Shared.Files;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>What a worker of a test is told, and the folder that it and its successors share.</summary>
internal sealed class KafkaWorker : IDisposable
{
    private const string Pipeline = """
        {
          "Source": { "Type": "kafka", "Kafka": { "Topics": [ "events" ] }, "BatchSize": 256 },
          "Snapshots": { "Every": 1500, "Seconds": 1 },
          "Stages": {
            "recent": { "Type": "count-window", "Size": 100 },
            "top": { "Type": "space-saving", "Key": "item", "Capacity": 16 },
            "mf": { "Type": "biased-mf", "Factors": 8, "Users": 256, "Items": 256 },
            "isgd": { "Type": "isgd", "Factors": 4, "Users": 256, "Items": 256, "HistoryEntries": 2000 },
            "drift": { "Type": "adwin", "Watch": "mf.loss" },
            "error": { "Type": "rating-error", "Model": "mf" },
            "rank": { "Type": "ranking", "Model": "isgd" }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly MockCluster _cluster;
    private readonly string _group;

    public KafkaWorker(MockCluster cluster, string group)
    {
        (_cluster, _group) = (cluster, group);
        File.WriteAllText(_folder.File("worker.json"), Pipeline);
        Directory.CreateDirectory(_folder.File("out"));
    }

    public string Folder => _folder.Path;

    public string EventsOf(int shard) => _folder.File($"out/events-{shard}.jsonl");

    public string LogOf(int shard) => _folder.File($"out/log-{shard}.jsonl");

    public string PipelineFile => _folder.File("worker.json");

    public StreamingProcess Start(params string[] more) => StreamingProcess.Start([.. Arguments(), .. more]);

    public string[] Arguments() =>
    [
        "run", "--pipeline", PipelineFile, "--set", "Http:Port=0", "--set", "Log:Format=text",
        "--set", $"Kafka:bootstrap.servers={_cluster.Bootstrap}", "--set", $"Kafka:Consumer:group.id={_group}", "--set", "Kafka:Consumer:session.timeout.ms=4000",
        "--set", "Kafka:Consumer:heartbeat.interval.ms=500", "--set", $"Snapshots:Directory={_folder.File("snapshots")}",
        "--set", "Sinks:events:Type=events", "--set", $"Sinks:events:File={_folder.File("out/events-{shard}.jsonl")}",
        "--set", "Sinks:log:Type=log", "--set", $"Sinks:log:File={_folder.File("out/log-{shard}.jsonl")}",
        "--set", "Sinks:letters:Type=dead-letters", "--set", $"Sinks:letters:File={_folder.File("out/letters-{shard}.jsonl")}",
    ];

    /// <summary>Lines that the shards have written between them.</summary>
    public long Lines(int shards) => Enumerable.Range(0, shards).Sum(s => Count(EventsOf(s)));

    public string StateOf(int shard) => SimulatedGroup.StateOf(_folder.File("snapshots"), shard);

    public void Dispose() => _folder.Dispose();

    private static long Count(string file)
    {
        if (!File.Exists(file)) return 0;
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] block = new byte[1 << 16];
        long lines = 0;
        while (stream.Read(block) is > 0 and int read) lines += block.AsSpan(0, read).Count((byte)'\n');
        return lines;
    }
}
