using System.Text;
using System.Text.Json.Nodes;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public sealed class ForgetCommandTests : IDisposable
{
    private const string Secret = "00112233445566778899aabbccddeeff";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string List => _folder.File("forgotten.jsonl");

    [Fact]
    public async Task The_user_is_on_the_list_and_the_record_is_printed()
    {
        ProcessResult result = await ForgetAsync("alice@example.com", "--until", "2026-05-01T12:00:00Z");
        Assert.Equal(0, result.Code);
        Assert.Equal("{\"control\":\"forget\",\"user\":\"alice@example.com\",\"ts\":\"2026-05-01T12:00:00.000000Z\"}\n", result.Output);
        Assert.Contains("snapshots in ", result.Error, StringComparison.Ordinal);
        Assert.Equal("{\"user\":\"alice@example.com\",\"until\":\"2026-05-01T12:00:00.000000Z\"}\n", await File.ReadAllTextAsync(List, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Lines_are_appended_to_the_list_and_to_a_log_also_where_the_last_one_was_left_open()
    {
        string log = _folder.File("log.jsonl");
        await File.WriteAllTextAsync(log, "{\"user\":\"1\",\"item\":\"2\",\"value\":3,\"ts\":4}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(List, "{\"user\":\"0\",\"until\":1}", TestContext.Current.CancellationToken);
        foreach (string user in (string[])["1", "2"]) Assert.Equal((0, ""), await CodeAndOutputAsync(user, "--log", log));
        string[] records = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken), users = await File.ReadAllLinesAsync(List, TestContext.Current.CancellationToken);
        Assert.Equal((3, 3), (records.Length, users.Length));
        Assert.Equal(["1", "2"], records[1..].Select(r => (string)JsonNode.Parse(r)!["user"]!));
        ProcessResult replay = await StreamingProcess.RunAsync("replay", log, "--no-progress", "--set", $"Privacy:Forgotten={List}", "--summary", _folder.File("summary.json"));
        Assert.Equal(0, replay.Code);
        JsonNode summary = JsonNode.Parse(await File.ReadAllTextAsync(_folder.File("summary.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal((0, 1), ((int)summary["events"]!, (int)summary["filtered"]!));
    }

    [Fact]
    public async Task Where_ids_are_hashed_the_list_names_nobody()
    {
        ProcessResult result = await StreamingProcess.RunAsync("", [("STREAMING__Privacy__Key", Secret)], Arguments("alice@example.com", "--set", "Privacy:HashIds=true"));
        Assert.Equal(0, result.Code);
        string digits = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Convert.FromHexString(Secret), Encoding.UTF8.GetBytes("alice@example.com")))[..16];
        string list = await File.ReadAllTextAsync(List, TestContext.Current.CancellationToken);
        Assert.StartsWith($"{{\"key\":\"{digits}\",", list, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", list + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--until needs a time", "x", "--until", "then")]
    [InlineData(2, "USER is no id", "")]
    [InlineData(78, "Privacy:Forgotten: is missing", "x", "--set", "Privacy:Forgotten=")]
    [InlineData(74, "no-such-folder", "x", "--set", "Privacy:Forgotten=/no-such-folder/list")]
    [InlineData(78, "Privacy:Key: is missing", "x", "--set", "Privacy:HashIds=true")]
    public async Task What_cannot_be_done_has_its_code(int code, string message, params string[] arguments)
    {
        ProcessResult result = await ForgetAsync(arguments);
        Assert.Equal((code, ""), (result.Code, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(List));
    }

    [Fact]
    public async Task Secrets_that_are_none_records_as_they_came_and_lists_that_are_none_are_mistakes()
    {
        await File.WriteAllTextAsync(List, "alice\n", TestContext.Current.CancellationToken);
        ProcessResult result = await StreamingProcess.RunAsync(
            "", [("STREAMING__Privacy__Key", "00112233445566778899aabbccddee")], "plan", "--set", "Privacy:HashIds=true", "--set", $"Privacy:Forgotten={List}", "--set", "Sinks:raw:Type=log", "--set", "Sinks:raw:File=x.jsonl");
        Assert.Equal(78, result.Code);
        foreach (string mistake in (string[])["Privacy:Key", "Sinks:raw", "Privacy:Forgotten", "line 1"]) Assert.Contains(mistake, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("00112233", result.Error, StringComparison.Ordinal);
    }

    private async Task<(int, string)> CodeAndOutputAsync(params string[] arguments)
    {
        ProcessResult result = await ForgetAsync(arguments);
        return (result.Code, result.Output);
    }

    private Task<ProcessResult> ForgetAsync(params string[] arguments) => StreamingProcess.RunAsync(Arguments(arguments));

    private string[] Arguments(params string[] arguments) =>
        ["forget", arguments[0], "--set", $"Snapshots:Directory={_folder.File("snapshots")}", "--set", $"Privacy:Forgotten={List}", .. arguments[1..]];
}
