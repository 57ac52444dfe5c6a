using System.Globalization;
using System.Text;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Shards;
using Streaming.Host.Views;
using Streaming.Ingest;
using Streaming.Shared.Files;
using Streaming.Shared.State;
using Streaming.Shared.Time;
using Xunit;

namespace Streaming.Pipeline.Tests.Live;

/// <summary>
/// Views across the shards of a process: to the last bit the merge of what the partitions give when each is replayed by itself, up to as many records as the view has, whatever
/// has happened to the shards on the way.
/// </summary>
public class ViewTests
{
    private const int Every = 50;

    private const string Pipeline = """
        {
          "Source": { "BatchSize": 64, "MaxBadRatio": 1, "Join": { "WindowSeconds": 50 } },
          "Worker": { "ViewEvery": 50 },
          "Stages": {
            "counts": { "Type": "count-min", "Width": 131072, "Depth": 3 },
            "top": { "Type": "space-saving", "Capacity": 8 },
            "users": { "Type": "hyperloglog", "Key": "user", "Precision": 6 },
            "rank": { "Type": "popularity", "Users": 64, "Items": 64 }
          }
        }
        """;

    [Fact]
    public async Task A_view_is_the_merge_of_the_partitions_replayed_by_themselves_whoever_had_them_before()
    {
        using TemporaryFolder folder = new();
        PipelineConfiguration configuration = Configuration(folder);
        SimulatedBroker broker = new(3);
        ManualClock time = new();
        await using SimulatedProcess one = new("one", broker, configuration, folder.File("snapshots"), 1, time), two = new("two", broker, configuration, folder.File("snapshots"), 2, time);
        Produce(broker, 0, 330);
        Produce(broker, 1, 120);
        Produce(broker, 2, 75);
        for (int p = 0; p < 3; p++) await one.AssignAsync(p);
        await AssertViewsAsync(one, configuration, broker, (0, 300), (1, 100), (2, 50));
        Assert.Equal(["counts", "top", "users"], one.Views.Latest.Select(v => v.Stage.Id)); // models and exact windows have no view

        await one.Supervisor.RevokeAsync(1);
        await AssertViewsAsync(one, configuration, broker, (0, 300), (2, 50));
        await two.AssignAsync(1);
        Produce(broker, 1, 100); // 220
        Produce(broker, 0, 40); // 370
        await AssertViewsAsync(two, configuration, broker, (1, 200));
        await AssertViewsAsync(one, configuration, broker, (0, 350), (2, 50));

        await one.Supervisor.LoseAsync(2); // what it did since its last snapshot, which is everything, is done again
        await AssertViewsAsync(one, configuration, broker, (0, 350));
        Produce(broker, 2, 75); // 150
        await two.AssignAsync(2);
        await AssertViewsAsync(two, configuration, broker, (1, 200), (2, 150));

        await two.Supervisor.RevokeAsync(1); // at 220: its state was published nowhere
        await one.AssignAsync(1);
        await broker.WhenDrainedAsync(1);
        await AssertViewsAsync(one, configuration, broker, (0, 350));
        Produce(broker, 1, 30); // 250
        await AssertViewsAsync(one, configuration, broker, (0, 350), (1, 250));

        await two.Supervisor.RevokeAsync(2); // at 150: its state is the one to publish there
        await one.AssignAsync(2);
        await AssertViewsAsync(one, configuration, broker, (0, 350), (1, 250), (2, 150));
        Assert.Null(one.Supervisor.Fault);
        Assert.Null(two.Supervisor.Fault);
    }

    /// <summary>Waits until the process has these shards in its views, and compares all of them.</summary>
    private static async Task AssertViewsAsync(SimulatedProcess process, PipelineConfiguration configuration, SimulatedBroker broker, params (int Shard, long At)[] parts)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (!process.Views.Refresh().All(view => view.Parts.Select(p => (p.Shard, p.Records)).SequenceEqual(parts)))
        {
            patience.Token.ThrowIfCancellationRequested();
            broker.Nudge();
            await Task.Yield();
        }

        List<Shard> replays = [];
        foreach ((int shard, long at) in parts) replays.Add(await ReplayAsync(broker, shard, at));
        foreach (StageView view in process.Views.Latest)
        {
            PlannedStage stage = configuration.Plan.Stages.Single(s => s.Id == view.Stage.Id);
            IMergeableOperator expected = (IMergeableOperator)stage.Type.Create(stage.Options, stage.Binding);
            IMergeableOperator[] states = [.. replays.Select(r => (IMergeableOperator)r.Stages.Single(s => s.Id == stage.Id).Operator)];
            StateBytes.Restore(expected, StateBytes.Save(states[0]));
            foreach (IMergeableOperator other in states[1..]) expected.Merge(other);
            Assert.Equal(StateBytes.Save(expected), Merged(process, stage));
            StageReport report = new(stage.Id, stage.Type.Name);
            expected.Report(report);
            Assert.Equal(Text(report), Text(view.Report!));
            (expected as IDisposable)?.Dispose();
        }

        foreach (Shard replay in replays) await replay.DisposeAsync();
    }

    private static byte[] Merged(SimulatedProcess process, PlannedStage stage)
    {
        using ViewMerger merger = new(stage);
        PublishedPart[] parts = [.. process.Views.Publishers.Where(p => p.Stage.Id == stage.Id).Select(p => p.Publisher.Take()).OfType<PublishedPart>()];
        byte[] state = StateBytes.Save(merger.Merge(parts));
        foreach (PublishedPart part in parts) part.Dispose();
        return state;
    }

    /// <summary>The first records of a partition, read from a file by a shard of their own.</summary>
    private static async Task<Shard> ReplayAsync(SimulatedBroker broker, int partition, long records)
    {
        using TemporaryFolder folder = new();
        using (FileStream log = File.Create(folder.File("log.jsonl")))
        {
            for (long i = 0; i < records; i++)
            {
                log.Write(broker.Read(partition, i, out _));
                log.WriteByte((byte)'\n');
            }
        }

        PipelineConfiguration configuration = Configuration(folder, [new("Source:Order", "file")], [folder.File("log.jsonl")]);
        Shard shard = await Shard.CreateAsync(new ShardSetup(configuration, keys => SourceFactory.Create(configuration.Source, keys), null, TimeProvider.System, Assert.Fail));
        shard.Synchronous = true;
        await shard.RunAsync(CancellationToken.None, CancellationToken.None);
        Assert.Equal(records, shard.End.Single.Records);
        return shard;
    }

    /// <summary>Records that are a function of their partition and number: interactions, decisions, late rewards, and bad ones.</summary>
    private static void Produce(SimulatedBroker broker, int partition, int count)
    {
        for (long n = broker.EndOf(partition), end = n + count; n < end; n++)
        {
            long user = n * (7 + partition) % 40, item = n * n * (3 + partition) % 31;
            string text = (n % 10) switch
            {
                3 => string.Create(CultureInfo.InvariantCulture, $$"""{"ts":{{n}},"decision":"d{{n}}","user":"u{{user}}","actions":[{"id":"a"},{"id":"b"}],"chosen":1,"propensity":0.5}"""),
                6 => string.Create(CultureInfo.InvariantCulture, $$"""{"ts":{{n}},"decision":"d{{n - 3}}","reward":1}"""),
                9 when n % 20 == 9 => """{"ts":""",
                _ => string.Create(CultureInfo.InvariantCulture, $$"""{"ts":{{n}},"user":"u{{user}}","item":"an item of long name {{item}}","value":{{1 + (n % 5)}}}"""),
            };
            broker.Produce(partition, Encoding.UTF8.GetBytes(text));
        }
    }

    private static string Text(StageReport report) => string.Join(' ', report.Entries.Select(e => $"{e.Name}={Text(e.Value)}"));

    private static string Text(ReportValue value) => value.Kind == ReportValueKind.Rows
        ? string.Join(',', value.Rows.Select(r => string.Join(':', r.Entries.Select(e => Text(e.Value)))))
        : string.Create(CultureInfo.InvariantCulture, $"{value.Integer} {value.Number:R}");

    private static PipelineConfiguration Configuration(TemporaryFolder folder, IReadOnlyList<KeyValuePair<string, string?>>? settings = null, IReadOnlyList<string>? logs = null)
    {
        File.WriteAllText(folder.File("pipeline.json"), Pipeline);
        PipelineConfiguration configuration = PipelineConfiguration.Load(new ConfigurationLayers(folder.File("pipeline.json"), [.. settings ?? []]) { Logs = logs ?? ["-"] });
        Assert.Equal(Every, configuration.Worker.ViewEvery);
        return configuration;
    }
}
