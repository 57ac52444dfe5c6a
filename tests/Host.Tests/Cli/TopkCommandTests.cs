using System.Text.Json.Nodes;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public sealed class TopkCommandTests : IDisposable
{
    private readonly RecommendingLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task The_list_of_a_user_is_what_the_user_has_not_met_by_score_with_titles()
    {
        await _log.ReplayAsync("--limit", "60", "--set", $"Source:Items={_log.Items}");
        ProcessResult result = await _log.RunAsync("topk", "somebody-number-3", "--stage", "often", "--k", "4", "--set", $"Source:Items={_log.Items}");
        Assert.Equal((0, "'often' as of snapshot 1, at event 60\n"), (result.Code, result.Error));
        string[][] rows = [.. result.Output.TrimEnd('\n').Split('\n').Select(l => l.Split('\t'))];
        IEnumerable<int> all = Enumerable.Range(0, 60).Select(n => n * n % 23);
        HashSet<int> met = [.. Enumerable.Range(0, 60).Where(n => n % 7 == 3).Select(n => n * n % 23)];
        (int Item, int Times)[] expected = [.. all.GroupBy(i => i).Where(g => !met.Contains(g.Key)).Select(g => (g.Key, g.Count())).OrderByDescending(g => g.Item2).Take(4)];
        Assert.Equal(expected.Select(e => $"i{e.Item}|{e.Times}|Item {e.Item}"), rows.Select(r => string.Join('|', r)));
    }

    [Fact]
    public async Task The_time_of_the_list_decides_what_is_offered()
    {
        string[] items = ["--set", $"Source:Items={_log.Items}"];
        await _log.ReplayAsync(["--limit", "60", .. items]);
        ProcessResult before = await _log.RunAsync("topk", ["somebody-number-3", "--stage", "often", "--k", "100", .. items]);
        ProcessResult after = await _log.RunAsync("topk", ["somebody-number-3", "--stage", "often", "--k", "100", "--at", "1600001000", .. items]);
        string[] listed = [.. before.Output.TrimEnd('\n').Split('\n')], left = [.. listed.Where(l => int.Parse(l.Split('\t')[0][1..]) % 2 == 0)];
        Assert.InRange(left.Length, 1, listed.Length - 1);
        Assert.Equal(left, after.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task As_json_it_is_one_object()
    {
        await _log.ReplayAsync("--limit", "60");
        ProcessResult result = await _log.RunAsync("topk", "u0", "--stage", "mf", "--json", "--k", "2");
        JsonNode list = JsonNode.Parse(result.Output)!;
        Assert.Equal(("u0", "mf", 60, 2), ((string)list["user"]!, (string)list["stage"]!, (int)list["events"]!, list["items"]!.AsArray().Count));
        Assert.Null(list["items"]![0]!["title"]);
        Assert.True((double)list["items"]![0]!["score"]! >= (double)list["items"]![1]!["score"]!);
    }

    [Fact]
    public async Task A_user_nobody_knows_gets_nothing_and_that_is_no_error()
    {
        await _log.ReplayAsync("--limit", "60");
        ProcessResult result = await _log.RunAsync("topk", "a-stranger", "--stage", "mf");
        Assert.Equal((0, ""), (result.Code, result.Output));
        Assert.Contains("nothing is recommended to 'a-stranger'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_snapshots_ends_it_with_74_and_a_stage_that_cannot_list_with_78()
    {
        ProcessResult none = await _log.RunAsync("topk", "u0", "--stage", "mf");
        Assert.Equal((74, $"There is no snapshot in {_log.Snapshots}.\n"), (none.Code, none.Error));
        await _log.ReplayAsync("--limit", "60");
        ProcessResult silent = await _log.RunAsync("topk", "u0", "--stage", "silent");
        Assert.Equal(78, silent.Code);
        Assert.Contains("Stages:silent: keeps no lists", silent.Error, StringComparison.Ordinal);
        ProcessResult other = await _log.RunAsync("topk", "u0", "--stage", "mf", "--set", "Stages:mf:Factors=4");
        Assert.Equal(78, other.Code);
        Assert.Contains("factors = 3; the configuration says 4", other.Error, StringComparison.Ordinal);
    }
}
