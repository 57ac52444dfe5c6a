using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

/// <summary>The file of items on the command line: where its counts are seen, and how it fails.</summary>
public sealed class ItemsTests : IDisposable
{
    private readonly RecommendingLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_plan_counts_the_items_and_their_bytes()
    {
        ProcessResult result = await StreamingProcess.RunAsync("plan", "--set", $"Source:Items={_log.Items}");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("\nitems   23 listed, some offered for a part of the time only\n", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n  items +\d+ B\n", result.Output);
    }

    [Fact]
    public async Task A_replay_says_what_is_listed_and_what_is_bad()
    {
        File.AppendAllText(_log.Items, "{\"item\":\"i3\"}\n");
        ProcessResult result = await StreamingProcess.RunAsync("replay", _log.Log, "--pipeline", _log.Pipeline, "--no-progress", "--set", $"Source:Items={_log.Items}", "--set", "Source:MaxBadRatio=0.1");
        Assert.Equal((0, $"23 items listed in {_log.Items}, some for a part of the time only; 1 of 24 records are bad, the first: {_log.Items}, line 24: duplicate-key (item)\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Validate_describes_the_items_and_ends_with_65_where_too_many_are_bad()
    {
        File.AppendAllText(_log.Items, "{\"item\":\"i3\"}\nnonsense\n");
        ProcessResult result = await StreamingProcess.RunAsync("validate", _log.Log, "--set", $"Source:Items={_log.Items}");
        Assert.Equal(65, result.Code);
        Assert.Contains("2 of 25 records of", result.Error, StringComparison.Ordinal);
        Assert.Contains($"listed    23 items of 25 records in {_log.Items}, 2 rejected\nthe first of them\n  {_log.Items}, line 24: duplicate-key (item)\n  {_log.Items}, line 25: malformed\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("run")]
    public async Task A_file_that_is_not_there_ends_it_with_74(string command)
    {
        string none = _log.PathOf("none.csv");
        ProcessResult result = await StreamingProcess.RunAsync(command, "--pipeline", _log.Pipeline, "--set", $"Source:Items={none}");
        Assert.Equal(74, result.Code);
        Assert.Contains($"{none}: no such file.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("content")]
    [InlineData("hybrid")]
    public async Task A_stage_that_goes_by_features_needs_the_file(string type)
    {
        string[] stage = ["--set", $"Stages:mine:Type={type}"];
        ProcessResult without = await StreamingProcess.RunAsync(["plan", .. stage]), with = await StreamingProcess.RunAsync(["plan", .. stage, "--set", $"Source:Items={_log.Items}"]);
        Assert.Equal(78, without.Code);
        Assert.Contains($"Source:Items: is missing: the stage 'mine' of type {type} goes by the features of items", without.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (with.Code, with.Error));
    }

    [Fact]
    public async Task Mistakes_of_the_configuration_come_first_and_the_file_of_items_is_no_output()
    {
        ProcessResult result = await StreamingProcess.RunAsync(
            "plan", "--set", $"Source:Items={_log.Items}", "--set", "Source:ItemFormat=xml", "--set", "Sinks:out:Type=events", "--set", $"Sinks:out:File={_log.Items}");
        Assert.Equal(78, result.Code);
        Assert.Contains("Source:ItemFormat: found 'xml'; the formats of items are movielens, csv, tsv, jsonl", result.Error, StringComparison.Ordinal);
        Assert.Contains($"Sinks:out:File: names {_log.Items}, which is the file of items {_log.Items} too", result.Error, StringComparison.Ordinal);
    }
}
