using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class GenerateCommandTests
{
    [Theory]
    [InlineData("movielens", @"^\d+::\d+::\d\.\d::\d{10}$")]
    [InlineData("csv", @"^(userId,movieId,rating,timestamp|\d+,\d+,\d\.\d,\d{10})$")]
    [InlineData("tsv", @"^\d+\t\d+\t\d\.\d\t\d{10}$")]
    [InlineData("jsonl", @"^{""ts"":\d{10},""user"":\d+,""item"":\d+,""value"":\d(\.5)?}$")]
    public async Task The_same_seed_gives_the_same_bytes_to_a_file_and_to_the_standard_output(string shape, string line)
    {
        using TemporaryFolder folder = new();
        ProcessResult piped = await StreamingProcess.RunAsync("generate", "ratings", "--events", "300", "--seed", "9", "--format", shape);
        Assert.Equal((0, ""), (piped.Code, piped.Error));
        string[] lines = piped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(shape == "csv" ? 301 : 300, lines.Length);
        Assert.All(lines, l => Assert.Matches(line, l));

        ProcessResult filed = await StreamingProcess.RunAsync("generate", "ratings", "--events", "300", "--seed", "9", "--format", shape, "--out", folder.File("log"));
        Assert.Equal((0, ""), (filed.Code, filed.Output));
        Assert.Contains($"300 ratings, {piped.Output.Length:N0} bytes", filed.Error, StringComparison.Ordinal);
        Assert.Equal(piped.Output, await File.ReadAllTextAsync(folder.File("log")));
        Assert.NotEqual(piped.Output, (await StreamingProcess.RunAsync("generate", "ratings", "--events", "300", "--seed", "10", "--format", shape)).Output);
    }

    [Theory]
    [InlineData("recsys", @"^{""ts"":\d{10},(""user"":\d+,""item"":\d+,""value"":\d(\.5)?|""decision"":""d\d+"",""user"":\d+,""actions"":\[.*)}$", "270 interactions, 30 decisions, 0 late rewards")]
    [InlineData("bandit", @"^{""ts"":\d{10},""actions"":\[.*\],""chosen"":\d,""propensity"":0\.1,.*}$", "300 decisions")]
    public async Task Decisions_are_written_as_json_lines_and_counted(string kind, string line, string counts)
    {
        using TemporaryFolder folder = new();
        ProcessResult piped = await StreamingProcess.RunAsync("generate", kind, "--events", "300", "--seed", "9");
        Assert.Equal((0, ""), (piped.Code, piped.Error));
        string[] lines = piped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(300, lines.Length);
        Assert.All(lines, l => Assert.Matches(line, l));

        ProcessResult filed = await StreamingProcess.RunAsync("generate", kind, "--events", "300", "--seed", "9", "--format", "jsonl", "--out", folder.File("log"));
        Assert.Equal((0, ""), (filed.Code, filed.Output));
        Assert.Contains($"{counts}, {piped.Output.Length:N0} bytes", filed.Error, StringComparison.Ordinal);
        Assert.Equal(piped.Output, await File.ReadAllTextAsync(folder.File("log")));
    }

    [Theory]
    [InlineData("movielens")]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("jsonl")]
    public async Task What_is_generated_reads_back_without_naming_its_format(string shape)
    {
        using TemporaryFolder folder = new();
        await StreamingProcess.RunAsync("generate", "ratings", "--events", "300", "--format", shape, "--out", folder.File("log"));
        ProcessResult read = await StreamingProcess.RunAsync("validate", folder.File("log"));
        Assert.Equal(0, read.Code);
        Assert.Contains("300 events, 0 rejected, 0 filtered", read.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_goes_on_in_a_file_stands_after_what_was_there()
    {
        using TemporaryFolder folder = new();
        string generate = $"'{StreamingProcess.Program}' generate ratings --format csv --events";
        ProcessResult result = await StreamingProcess.RunShellAsync($"(echo begin; {generate} 1; {generate} 2; echo end) > log; cat log", folder.Path);
        Assert.Equal(
            ["begin", "userId,movieId,rating,timestamp", "userId,movieId,rating,timestamp", "end"],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !char.IsAsciiDigit(l[0])));
    }

    [Fact]
    public async Task Options_of_the_generator_are_bound_strictly()
    {
        ProcessResult result = await StreamingProcess.RunAsync("generate", "ratings", "--set", "Usrs=3", "--set", "Mean=9", "--events", "-1");
        Assert.Equal(78, result.Code);
        Assert.Contains("3 configuration mistakes", result.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean Users?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_ends_it_with_74() =>
        Assert.Equal(74, (await StreamingProcess.RunAsync("generate", "ratings", "--events", "3", "--out", "/nonexistent/folder/log")).Code);

    [Fact]
    public async Task A_folder_is_no_file_to_write()
    {
        ProcessResult result = await StreamingProcess.RunAsync("generate", "ratings", "--events", "3", "--out", Path.GetTempPath());
        Assert.Equal(74, result.Code);
        Assert.Contains("is a directory; name a file in it", result.Error, StringComparison.Ordinal);
    }
}
