using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

/// <summary>A configuration with mistakes ends with 78, before anything runs, and says all of them.</summary>
public class ConfigurationMistakeTests
{
    [Theory]
    [InlineData("", "is not the JSON of a pipeline")]
    [InlineData("Stages:", "is not the JSON of a pipeline")]
    [InlineData("[]", "is not the JSON of a pipeline")]
    [InlineData("{} {}", "is not the JSON of a pipeline")]
    [InlineData("{\"Stages\": {}}trailing", "is not the JSON of a pipeline")]
    [InlineData("{\"Stages\": {\"a\": {\"Type\": \"mean\"", "is not the JSON of a pipeline")]
    [InlineData("{\"Stages\": {\"a\": {\"Type\": \"mean\", \"type\": \"isgd\"}}}", "is not the JSON of a pipeline")]
    [InlineData("{\"Stagse\": {}}", "Stagse: unknown 'Stagse' (did you mean Stages?)")]
    [InlineData("{\"Stages\": {\"a\": {}}}", "Stages:a: has no Type")]
    [InlineData("{\"Stages\": {\"a\": {\"Type\": \"meen\"}}}", "Stages:a:Type: unknown 'meen' (did you mean mean?)")]
    [InlineData("{\"Stages\": {\"a.b\": {\"Type\": \"mean\"}}}", "Stages:a.b: an id has letters")]
    [InlineData("{\"Stages\": {\"d\": {\"Type\": \"adwin\"}}}", "Stages:d:Watch: is missing")]
    [InlineData("{\"Stages\": {\"d\": {\"Type\": \"adwin\", \"Watch\": \"mf.loss\"}}}", "there is no stage 'mf'")]
    [InlineData("{\"Sinks\": {\"out\": {\"Type\": \"evnts\"}}}", "Sinks:out:Type: unknown 'evnts' (did you mean events?)")]
    [InlineData("{\"Snapshots\": {\"Directory\": \"d\", \"Every\": -1}}", "Snapshots:Every: found -1, allowed is from 0 to any size")]
    [InlineData("{\"Snapshots\": {\"Resume\": true}}", "Snapshots:Resume: needs Snapshots:Directory")]
    [InlineData("{\"Http\": {\"Port\": 70000}}", "Http:Port: found 70000, allowed is from 0 to 65535")]
    [InlineData("{\"Http\": {\"Address\": \"everywhere\"}}", "Http:Address: found 'everywhere'; an IP address is needed")]
    [InlineData("{\"Http\": {\"Address\": \"\"}}", "Http:Address: is missing")]
    [InlineData("{\"Http\": {\"Prometeus\": true}}", "Http:Prometeus: unknown 'Prometeus' (did you mean Prometheus?)")]
    [InlineData("{\"Source\": {\"Range\": \"5..1\"}}", "Source:Range: found '5..1'")]
    [InlineData("{\"Source\": {\"Synthetic\": \"bandit\"}}", "Source:Synthetic: found 'bandit', but this is a group of options")]
    [InlineData("{\"Source\": {\"Synthetic\": {\"Type\": \"bandits\"}}}", "Source:Synthetic:Type: unknown 'bandits' (did you mean bandit?); known here: bandit, ratings, recsys")]
    [InlineData("{\"Source\": {\"Synthetic\": {\"Arms\": 3}}}", "Source:Synthetic:Arms: unknown 'Arms'")]
    [InlineData("{\"Source\": {\"Synthetic\": {\"Type\": \"bandit\", \"Arms\": 1}}}", "Source:Synthetic:Arms: found 1, allowed is from 2 to 1000")]
    [InlineData("{\"Source\": {\"Synthetic\": {\"Type\": \"Ratings\", \"GradualFrom\": 0.5}}}", "Source:Synthetic:GradualTo: is missing")]
    [InlineData("{\"Source\": {\"Sinthetic\": {}}}", "Source:Sinthetic: unknown 'Sinthetic' (did you mean Synthetic?)")]
    public async Task A_pipeline_file_that_cannot_be_used_is_told_with_the_path_of_the_mistake(string json, string said)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("pipeline.json"), json);
        ProcessResult result = await StreamingProcess.RunAsync("plan", "--pipeline", folder.File("pipeline.json"));
        Assert.Equal((78, ""), (result.Code, result.Output));
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.StartsWith("configuration mistake:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_file_that_is_not_there_is_a_mistake_of_the_configuration()
    {
        ProcessResult result = await StreamingProcess.RunAsync("replay", "--pipeline", "/nonexistent/pipeline.json");
        Assert.Equal(78, result.Code);
        Assert.Contains("/nonexistent/pipeline.json", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_mistakes_in_file_environment_and_arguments_are_told_at_once()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("pipeline.json"), """{ "Stages": { "mf": { "Type": "biased-mf", "Factrs": 3 }, "mean": { "Type": "mean" } } }""");
        ProcessResult result = await StreamingProcess.RunAsync(
            "", [("STREAMING__Stages__mf__InitSigma", "much"), ("STREAMING__Source__BatchSize", "0")],
            "replay", "--pipeline", folder.File("pipeline.json"), "--set", "Stages:mf:Regularization=-2", "--limit", "-5");
        Assert.Equal((78, ""), (result.Code, result.Output));
        Assert.StartsWith("5 configuration mistakes:", result.Error, StringComparison.Ordinal);
        foreach (string path in (string[])["Stages:mf:Factrs", "Stages:mf:InitSigma", "Source:BatchSize", "Stages:mf:Regularization", "Source:Limit"])
            Assert.Contains($"  {path}: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STREAMING__Stages__mf__Factors")]
    [InlineData("STREAMING__STAGES__MF__FACTORS")]
    public async Task An_environment_variable_sets_an_option_in_whatever_case(string variable)
    {
        ProcessResult set = await StreamingProcess.RunAsync("", [(variable, "100")], "plan"), plain = await StreamingProcess.RunAsync("plan");
        Assert.Equal((0, ""), (set.Code, set.Error));
        Assert.NotEqual(Row(plain.Output), Row(set.Output));
        ProcessResult wrong = await StreamingProcess.RunAsync("", [(variable, "many")], "plan");
        Assert.Equal(78, wrong.Code);
        Assert.Contains("found 'many', but a whole number is needed", wrong.Error, StringComparison.Ordinal);

        static string Row(string plan) => plan.Split('\n').Single(l => l.StartsWith("mf ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_line_is_stronger_than_the_environment_and_its_last_word_counts()
    {
        ProcessResult result = await StreamingProcess.RunAsync(
            "", [("STREAMING__Source__Seed", "1")], "plan", "--set", "Source:Seed=2", "--set", "source:seed=3");
        Assert.Equal(0, result.Code);
        Assert.Contains("; seed 3\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_is_called_like_a_field_of_the_events_is_a_mistake_where_they_are_written()
    {
        ProcessResult written = await StreamingProcess.RunAsync("replay", "--events", "/nonexistent/events.jsonl", "--set", "Stages:user:Type=mean");
        Assert.Equal(78, written.Code);
        Assert.Contains("Stages:user: is the name of a field", written.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await StreamingProcess.RunAsync("plan", "--set", "Stages:user:Type=mean")).Code);
    }
}
