using System.Text;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

/// <summary>A small log with its items and a pipeline that ranks, replayed up to a snapshot.</summary>
internal sealed class RecommendingLog : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RecommendingLog()
    {
        StringBuilder log = new();
        for (int n = 0; n < 400; n++) log.Append($"{{\"user\":\"{UserOf(n % 7)}\",\"item\":\"i{n * n % 23}\",\"ts\":{1_600_000_000 + n}}}\n");
        File.WriteAllText(Log, log.ToString());
        StringBuilder items = new();
        for (int i = 0; i < 23; i++) items.Append($"{{\"item\":\"i{i}\",\"title\":\"Item {i}\"{(i % 2 == 0 ? "" : ",\"expires\":1600001000")}}}\n");
        File.WriteAllText(Items, items.ToString());
        File.WriteAllText(
            Pipeline,
            """
            { "Stages": {
              "mf": { "Type": "isgd", "Ranking": "dot", "Factors": 3 }, "mf-rank": { "Type": "ranking", "Model": "mf" },
              "often": { "Type": "popularity" }, "often-rank": { "Type": "ranking", "Model": "often" },
              "silent": { "Type": "isgd" } } }
            """);
    }

    public string Log => _folder.File("log.jsonl");

    public string Items => _folder.File("items.jsonl");

    public string Pipeline => _folder.File("pipeline.json");

    public string Snapshots => _folder.File("snapshots");

    /// <summary>A user with a short id, and others with ids that are read from the names of the snapshot alone, one of them with what csv and tabs trip over.</summary>
    public static string UserOf(int n) => n == 0 ? "u0" : n == 1 ? "some, \\\"user\\\"" : $"somebody-number-{n}";

    public string PathOf(string name) => _folder.File(name);

    public async Task ReplayAsync(params string[] more) =>
        Assert.Equal(0, (await StreamingProcess.RunAsync(["replay", Log, "--pipeline", Pipeline, "--no-progress", "--checkpoint", Snapshots, .. more])).Code);

    public Task<ProcessResult> RunAsync(string command, params string[] arguments) =>
        StreamingProcess.RunAsync([command, .. arguments, "--pipeline", Pipeline, "--checkpoint", Snapshots]);

    public void Dispose() => _folder.Dispose();
}
