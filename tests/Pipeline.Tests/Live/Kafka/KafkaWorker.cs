using System.Globalization;
using Streaming.Shared.Files;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

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

    public string LettersOf(int shard) => _folder.File($"out/letters-{shard}.jsonl");

    public string SnapshotsOf(int shard) => _folder.File($"snapshots/shard-{shard}");

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

    /// <summary>Waits until every shard has written as many events as this; the process that is asked for it must not end before.</summary>
    public async Task UntilAsync(StreamingProcess process, IReadOnlyList<long> events)
    {
        Assert.True(await process.WaitErrorAsync("started: version"), "It did not start."); // the events may be a predecessor's, and before this a signal just ends it
        while (Enumerable.Range(0, events.Count).Any(s => Count(EventsOf(s)) < events[s]))
        {
            if (process.HasEnded) Assert.Fail($"It ended by itself: {(await process.EndAsync()).Error}");
            await Task.Delay(50, process.Deadline);
        }
    }

    /// <summary>Ends a process with SIGTERM, in good order.</summary>
    public static async Task<ProcessResult> StopAsync(StreamingProcess process)
    {
        process.Signal(StreamingProcess.Terminate);
        ProcessResult ended = await process.EndAsync();
        Assert.True(ended.Code == 0, $"It ended with {ended.Code}: {ended.Error}");
        return ended;
    }

    /// <summary>Runs a process until every shard has written so many events, and ends it; nothing more has been written.</summary>
    public async Task RunAsync(IReadOnlyList<long> events, params string[] more)
    {
        using StreamingProcess process = Start(more);
        await UntilAsync(process, events);
        await StopAsync(process);
        Assert.Equal(events, Enumerable.Range(0, events.Count).Select(s => Count(EventsOf(s))));
    }

    /// <summary>Insists that every shard has the state of another worker's, and wrote the same, byte for byte.</summary>
    public async Task AssertIsAsAsync(KafkaWorker other, int shards)
    {
        for (int shard = 0; shard < shards; shard++)
        {
            Assert.Equal(other.StateOf(shard), StateOf(shard));
            Assert.Equal(await File.ReadAllBytesAsync(other.EventsOf(shard)), await File.ReadAllBytesAsync(EventsOf(shard)));
            Assert.Equal(await File.ReadAllBytesAsync(other.LogOf(shard)), await File.ReadAllBytesAsync(LogOf(shard)));
        }
    }

    public void Dispose() => _folder.Dispose();

    public static long Count(string file)
    {
        if (!File.Exists(file)) return 0;
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] block = new byte[1 << 16];
        long lines = 0;
        while (stream.Read(block) is > 0 and int read) lines += block.AsSpan(0, read).Count((byte)'\n');
        return lines;
    }
}
