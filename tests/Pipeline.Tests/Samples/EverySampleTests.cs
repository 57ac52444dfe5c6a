using Streaming.Abstractions.Reports;
using Streaming.Host.Configuration;
using Streaming.Host.Replay;
using Streaming.Ingest.Formats;
using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Sinks.Summary;
using Xunit;

namespace Streaming.Pipeline.Tests.Samples;

/// <summary>Every sample pipeline runs on a log of every format: a stage takes the events that it understands and passes the others.</summary>
public class EverySampleTests
{
    private const string Dsjson =
        """{"_label_cost":-1,"_label_probability":0.5,"_label_Action":2,"_labelIndex":1,"EventId":"e1","a":[2,1],"c":{"User":{"age":"old"},"_multi":[{"i":{"x":1}},{"i":{"x":2}}]},"p":[0.5,0.5]}""";

    private static readonly Dictionary<string, (string Log, long Events)> Logs = new(StringComparer.Ordinal)
    {
        ["movielens"] = ("1::10::4::100\n2::10::3::101\n1::11::5::102\n", 3),
        ["csv"] = ("user,item,value,ts,hour\na,x,4,100,noon\nb,x,3,101,night\n", 2),
        ["tsv"] = ("a\tx\t4\t100\nb\tx\t3\t101\n", 2),
        ["jsonl"] = (
            """
            {"ts":100,"user":"a","item":"x","value":4}
            {"ts":101,"user":"a","actions":[{"id":"x","x":[1,0.5]},{"id":"y","features":{"hot":true}}],"chosen":"y","propensity":0.5,"reward":1,"context":{"hour":7}}
            {"ts":102,"decision":"d","actions":["x","y","z"],"chosen":0,"propensity":0.25}
            {"ts":103,"decision":"d","reward":2}
            """,
            3),
        ["obd"] = (",timestamp,item_id,position,click,propensity_score,user_feature_0,user-item_affinity_0,user-item_affinity_1\n0,2019-11-24 00:01:03.979311+00:00,1,2,1,0.4,u,0.0,0.5\n", 1),
        ["dsjson"] = (Dsjson + "\n", 1),
        ["cloudevents"] = ("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/shop\",\"type\":\"rating\",\"data\":{\"user\":\"a\",\"item\":\"x\",\"value\":4,\"ts\":100}}\n", 1),
        ["vw"] = ("shared | s_1 s_2\n0:1.0:0.5 | a_1 b_1\n | a_2 b_2:0.5\n\n | c_1\n1:-1:0.25 | c_2\n", 2),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string sample in Directory.EnumerateFiles(Path.Combine(SharedData.Root, "samples"), "*.json").Order(StringComparer.Ordinal))
            {
                foreach (FormatType format in FormatCatalogue.All) cases.Add(Path.GetFileName(sample), format.Name);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_sample_runs_on_a_format(string sample, string format)
    {
        using TemporaryFolder folder = new();
        string log = folder.File("log");
        await File.WriteAllTextAsync(log, Logs[format].Log, TestContext.Current.CancellationToken);
        PipelineConfiguration configuration = PipelineConfiguration.Load(new ConfigurationLayers(
            Path.Combine(SharedData.Root, "samples", sample),
            [new("Source:MaxBadRatio", "0"), new("Source:Join:MaxBytes", "65536"), new("Sinks:events:Type", "events"), new("Sinks:events:File", folder.File("events.jsonl"))])
        {
            Logs = [log],
        });
        SummaryData? summary = await new ReplayPipeline(configuration, TimeProvider.System, _ => { }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Logs[format].Events, summary!.Events);
        Assert.Equal(0, summary.Rejected);
        Assert.Equal(Logs[format].Events, File.ReadLines(folder.File("events.jsonl")).Count());
        bool decisions = format is "jsonl" or "obd" or "dsjson" or "vw";
        foreach (StageReport stage in summary.Report.Stages.Where(s => s.Type is "uniform" or "lin-ucb"))
            Assert.Equal(decisions, stage["events"].Integer > 0);
        foreach (StageReport stage in summary.Report.Stages.Where(s => s.Type is "biased-mf"))
            Assert.Equal(!decisions || format == "jsonl", stage["events"].Integer > 0);
    }
}
