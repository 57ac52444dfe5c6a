using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

/// <summary>A command line that cannot be understood ends with 2, says why on the standard error, and prints nothing else.</summary>
public class UsageTests
{
    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "Required command" },
        { "frobnicate", "'frobnicate'" },
        { "replay --frobnicate", "Unknown option '--frobnicate'" },
        { "replay -x log.csv", "Unknown option '-x'" },
        { "replay --limit many", "'many'" },
        { "replay --seed -1", "'-1'" },
        { "replay --set Stages:mf:Factors", "--set needs Path=Value, found 'Stages:mf:Factors'" },
        { "replay --set =3", "--set needs Path=Value, found '=3'" },
        { "plan samples/everything.json", "'samples/everything.json'" },
        { "validate", "Required argument missing for command: 'validate'" },
        { "generate", "Required argument missing for command: 'generate'" },
        { "generate clicks", "'clicks'" },
        { "generate ratings --format xml", "'xml'" },
        { "generate recsys --format csv", "--format csv cannot hold interactions and decisions: recsys is written as jsonl" },
        { "generate bandit --format movielens", "--format movielens cannot hold decisions: bandit is written as jsonl" },
        { "detect", "Required argument missing for command: 'detect'" },
        { "detect adwn", "there is no detector 'adwn'" },
        { "detect adwin --set Delta", "--set needs Path=Value" },
        { "sketch", "Required argument missing for command: 'sketch'" },
        { "sketch blom", "there is no sketch 'blom'" },
        { "topk", "Required argument missing for command: 'topk'" },
        { "topk 1", "--checkpoint DIR is missing" },
        { "topk 1 --checkpoint s --k 0", "--k is 1 to 1000000, found 0" },
        { "topk 1 --checkpoint s --k many", "'many'" },
        { "topk 1 --checkpoint s --at soon", "--at needs a time" },
        { "topk 1 --checkpoint s", "--stage ID is needed" },
        { "topk 1 --checkpoint s --stage nothing", "there is no model 'nothing'" },
        { "export --checkpoint s", "'--out' is required" },
        { "export --checkpoint s --out o --format parquet", "'parquet'" },
        { "list windows", "'windows'" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_command_line_that_cannot_be_understood_ends_with_2(string line, string said)
    {
        ProcessResult result = await StreamingProcess.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, result.Code);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Theory]
    [InlineData("replay", "--pipeline", "")]
    [InlineData("replay", "--summary", "")]
    [InlineData("replay", "--events", "")]
    [InlineData("replay", "--checkpoint", "")]
    [InlineData("replay", "")]
    [InlineData("export", "--out", "")]
    [InlineData("generate", "ratings", "--out", "")]
    [InlineData("sketch", "count-min", "--query", "")]
    public async Task An_empty_file_name_as_of_a_variable_that_is_not_set_is_refused(params string[] arguments)
    {
        ProcessResult result = await StreamingProcess.RunAsync(arguments);
        Assert.Equal(2, result.Code);
        Assert.Contains("found an empty one", result.Error, StringComparison.Ordinal);
    }
}
