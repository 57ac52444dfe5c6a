using System.Text.Json;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Replay;

public class ReplayCommandTests
{
    private const string Log = "user,item,value,ts\n1,10,4,100\n2,10,3,200\n1,11,5,300\n";

    [Fact]
    public async Task Without_a_log_the_embedded_sample_is_replayed()
    {
        using TemporaryFolder folder = new();
        ProcessResult result = await StreamingProcess.RunAsync("replay", "--limit", "3000", "--no-progress", "--summary", folder.File("summary.json"));
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith("3,000 events in ", result.Output, StringComparison.Ordinal);
        using JsonDocument summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("summary.json")));
        Assert.Equal(3000, summary.RootElement.GetProperty("events").GetInt64());
        Assert.Equal(JsonValueKind.Null, summary.RootElement.GetProperty("resumed_from").ValueKind);
        Assert.Equal("biased-mf", summary.RootElement.GetProperty("stages").GetProperty("mf").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Several_logs_are_read_as_one_and_the_standard_input_is_one()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("a.csv"), Log);
        await File.WriteAllTextAsync(folder.File("b.csv"), Log.Replace("100", "150", StringComparison.Ordinal));
        Assert.Equal(6, await EventsAsync("", folder, folder.File("a.csv"), folder.File("b.csv")));
        Assert.Equal(6, await EventsAsync("", folder, folder.File("*.csv")));
        Assert.Equal(3, await EventsAsync(Log, folder, "-"));
    }

    [Theory]
    [InlineData("50%", 3, 0)]
    [InlineData("1", 5, 0)]
    [InlineData("50%", 2, 4)] // what the configuration says of a stage counts
    public async Task A_part_of_the_log_is_reported_apart_also_after_a_resume(string from, long late, int own)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("log.csv"), Log + "2,11,4,400\n1,12,1,500\nbad\n3,11,2,600\n", TestContext.Current.CancellationToken);
        string[] arguments =
        [
            "replay", folder.File("log.csv"), "--no-progress", "--summary", folder.File("summary.json"), "--report-from", from, "--set", "Source:MaxBadRatio=0.5", "--checkpoint", folder.File("snapshots"),
            "--set", $"Stages:mf-error:From={own}", "--set", "Sinks:bad:Type=dead-letters", "--set", $"Sinks:bad:File={folder.File("bad.jsonl")}",
        ];
        // Of a number it goes on from the middle; a share is one of what is read, so all must be.
        ProcessResult first = await StreamingProcess.RunAsync([.. arguments, .. from == "1" ? ["--limit", "3"] : Array.Empty<string>()]);
        Assert.True(first.Code == 0, first.Error);
        if (from != "1") await CheckAsync();
        ProcessResult resumed = await StreamingProcess.RunAsync([.. arguments, "--resume"]);
        Assert.True(resumed.Code == 0, resumed.Error);
        await CheckAsync();

        async Task CheckAsync()
        {
            using JsonDocument summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("summary.json")));
            Assert.Equal(late, summary.RootElement.GetProperty("stages").GetProperty("mf-error").GetProperty("late_events").GetInt64());
            Assert.Equal(from == "1" ? 5 : 3, summary.RootElement.GetProperty("stages").GetProperty("isgd-rank").GetProperty("late_events").GetInt64());
        }
    }

    [Theory]
    [InlineData("half")]
    [InlineData("0")]
    [InlineData("0%")]
    [InlineData("100%")]
    public async Task A_part_that_is_none_ends_it_with_2(string from) => Assert.Equal(2, (await StreamingProcess.RunAsync("replay", "--report-from", from)).Code);

    [Fact]
    public async Task Too_many_bad_records_end_it_with_65_and_say_which_came_first()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("log.csv"), Log + "1,12,good,400\n");
        ProcessResult result = await StreamingProcess.RunAsync("replay", folder.File("log.csv"), "--no-progress", "--summary", folder.File("summary.json"));
        Assert.Equal(65, result.Code);
        Assert.StartsWith("1 of 4 records are bad (25 %); Source:MaxBadRatio allows 1 %", result.Error, StringComparison.Ordinal);
        Assert.Contains("log.csv, line 5: not-a-number (value)", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("summary.json")), "a run that failed has no summary");
    }

    [Fact]
    public async Task Bad_records_go_to_a_file_where_it_was_started_unless_a_sink_takes_them()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("log.csv"), Log + "1,12,good,400\n");
        string replay = $"'{StreamingProcess.Program}' replay log.csv --no-progress --set Source:MaxBadRatio=1";
        Assert.Equal(0, (await StreamingProcess.RunShellAsync($"{replay} --set Sinks:bad:Type=dead-letters --set Sinks:bad:File=bad.jsonl", folder.Path)).Code);
        Assert.False(File.Exists(folder.File("dead-letters.jsonl")));
        Assert.Equal(0, (await StreamingProcess.RunShellAsync(replay, folder.Path)).Code);
        string letter = Assert.Single(await File.ReadAllLinesAsync(folder.File("dead-letters.jsonl")));
        Assert.Equal(letter, Assert.Single(await File.ReadAllLinesAsync(folder.File("bad.jsonl"))));
        using JsonDocument json = JsonDocument.Parse(letter);
        Assert.Equal(("not-a-number", 5), (json.RootElement.GetProperty("reason").GetString(), json.RootElement.GetProperty("line").GetInt32()));
    }

    [Theory]
    [InlineData("replay /nonexistent/log.csv")]
    [InlineData("replay --limit 10 --no-progress --summary /nonexistent/summary.json")]
    [InlineData("replay --limit 10 --no-progress --events /nonexistent/events.jsonl")]
    [InlineData("replay --limit 10 --no-progress --checkpoint /proc/snapshots")]
    public async Task A_file_that_cannot_be_read_or_written_ends_it_with_74_and_is_named(string line)
    {
        ProcessResult result = await StreamingProcess.RunAsync(line.Split(' '));
        Assert.Equal(74, result.Code);
        Assert.Contains(line[line.LastIndexOf('/')..], result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_ends_it_with_74()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("there is no /dev/full");
        ProcessResult result = await StreamingProcess.RunAsync("replay", "--limit", "20000", "--no-progress", "--events", "/dev/full");
        Assert.Equal(74, result.Code);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshots_none_of_which_is_valid_end_a_resume_with_74_and_no_snapshot_starts_over()
    {
        using TemporaryFolder folder = new();
        string[] replay = ["replay", "--limit", "1000", "--no-progress", "--checkpoint", folder.File("snapshots"), "--resume"];
        ProcessResult first = await StreamingProcess.RunAsync(replay);
        Assert.Equal(0, first.Code);
        Assert.Contains("there is no snapshot in", first.Error, StringComparison.Ordinal);
        foreach (string snapshot in Directory.EnumerateFiles(folder.File("snapshots"), "*.bin"))
        {
            await using FileStream file = new(snapshot, FileMode.Open);
            file.SetLength(file.Length - 1);
        }

        ProcessResult second = await StreamingProcess.RunAsync(replay);
        Assert.Equal(74, second.Code);
        Assert.Contains("is damaged and passed over", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_of_another_shape_ends_a_resume_with_78()
    {
        using TemporaryFolder folder = new();
        string[] replay = ["replay", "--limit", "1000", "--no-progress", "--checkpoint", folder.File("snapshots")];
        Assert.Equal(0, (await StreamingProcess.RunAsync(replay)).Code);
        ProcessResult result = await StreamingProcess.RunAsync([.. replay, "--resume", "--set", "Stages:mf:Factors=20"]);
        Assert.Equal(78, result.Code);
        Assert.StartsWith("the snapshot does not fit the configuration: 'mf': ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Starting_over_says_what_it_removes_and_leaves_other_files_alone()
    {
        using TemporaryFolder folder = new();
        string[] replay = ["replay", "--limit", "1000", "--no-progress", "--checkpoint", folder.Path];
        Assert.Equal(0, (await StreamingProcess.RunAsync(replay)).Code);
        string[] others = ["notes.tmp", "snapshot-of-the-team.bin", "manifest-mine.json"];
        foreach (string other in others) await File.WriteAllTextAsync(folder.File(other), "");
        await File.WriteAllTextAsync(folder.File("snapshot-00000007.bin.tmp"), "half");
        ProcessResult again = await StreamingProcess.RunAsync(replay);
        Assert.Equal(0, again.Code);
        Assert.StartsWith("starting over: removed 1 snapshots", again.Error, StringComparison.Ordinal);
        Assert.All(others, other => Assert.True(File.Exists(folder.File(other)), other));
        Assert.False(File.Exists(folder.File("snapshot-00000007.bin.tmp")));
    }

    private static async Task<long> EventsAsync(string input, TemporaryFolder folder, params string[] logs)
    {
        ProcessResult result = await StreamingProcess.RunAsync(input, [], ["replay", .. logs, "--no-progress", "--summary", folder.File("summary.json")]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        using JsonDocument summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("summary.json")));
        return summary.RootElement.GetProperty("events").GetInt64();
    }
}
