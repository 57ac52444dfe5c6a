using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class HelpTests
{
    public static TheoryData<string, string[]> Commands => new()
    {
        { "replay", ["LOG", "--format", "--pipeline", "--set", "--limit", "--seed", "--summary", "--events", "--checkpoint", "--checkpoint-every", "--resume", "--report-from", "--metrics", "--no-progress"] },
        { "topk", ["USER", "--checkpoint", "--pipeline", "--set", "--seed", "--stage", "--k", "--at", "--json"] },
        { "export", ["--checkpoint", "--pipeline", "--set", "--seed", "--stage", "--out", "--format", "csv", "npy"] },
        { "evaluate", ["LOG", "--format", "--pipeline", "--set", "--limit", "--split", "--test", "--test-file", "--negatives", "--strong-generalization", "--fold-in", "--include-seen", "--k", "--epochs", "--seed", "--summary"] },
        { "plan", ["--pipeline", "--set", "--mermaid"] },
        { "validate", ["LOG", "--format", "--set"] },
        { "generate", ["KIND", "ratings:", "recsys:", "bandit:", "--events", "--seed", "--out", "--format", "--set"] },
        { "detect", ["DETECTOR", "--variant", "--set"] },
        { "sketch", ["KIND", "--set", "--query"] },
        { "list", ["KIND", "formats", "sources", "stages", "sinks", "detectors", "sketches"] },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_a_command_says_what_it_does_and_all_its_options(string command, string[] words)
    {
        ProcessResult result = await StreamingProcess.RunAsync(command, "--help");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.All(words, word => Assert.Contains(word, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_help_of_the_program_names_every_command()
    {
        ProcessResult result = await StreamingProcess.RunAsync("--help");
        Assert.Equal(0, result.Code);
        foreach (TheoryDataRow<string, string[]> row in Commands) Assert.Contains($"\n  {row.Data.Item1} ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_a_number()
    {
        ProcessResult result = await StreamingProcess.RunAsync("--version");
        Assert.Equal(0, result.Code);
        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+", result.Output);
    }
}
