using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class ValidateCommandTests
{
    private const string Good =
        """
        {"user":"1","item":"10","value":4.5,"ts":100}
        {"user":"2","item":"10","value":3,"ts":200}
        {"user":"1","item":"11","ts":150}

        """;

    private const string Bad = "user,item,value,ts\n1,10,4.5,100\n,10,3,200\n1,11,four,300\n1,12,5,then\n";

    [Fact]
    public async Task A_good_log_is_described()
    {
        ProcessResult result = await ValidateAsync(Good);
        Assert.Equal((0, ""), (result.Code, result.Error));
        string[] lines = result.Output.Split('\n');
        Assert.Equal("records   3: 3 events, 0 rejected, 0 filtered", lines[0]);
        Assert.Equal("values    3 to 4.5, mean 3.7500; 1 of 3 interactions have none", lines[3]);
        Assert.Equal("time      1970-01-01T00:01:40Z to 1970-01-01T00:03:20Z", lines[4]);
        Assert.Contains("not by time (1 events are earlier than the one before)", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_log_is_described_with_reasons_and_places_and_ends_with_65()
    {
        ProcessResult result = await ValidateAsync(Bad);
        Assert.Equal(65, result.Code);
        Assert.Contains("3 of 4 records are bad, which is more than Source:MaxBadRatio=0.01 allows", result.Error, StringComparison.Ordinal);
        Assert.Contains("line 3: missing-field in user: ,10,3,200", result.Output, StringComparison.Ordinal);
        Assert.Contains("line 4: not-a-number in value: 1,11,four,300", result.Output, StringComparison.Ordinal);
        Assert.Contains("line 5: bad-time in ts: 1,12,5,then", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_allowed_decides_the_code_and_not_what_is_shown()
    {
        ProcessResult strict = await ValidateAsync(Bad), lax = await ValidateAsync(Bad, "--set", "Source:MaxBadRatio=0.75");
        Assert.Equal((0, strict.Output), (lax.Code, lax.Output));
    }

    [Fact]
    public async Task A_log_that_is_not_there_ends_it_with_74()
    {
        ProcessResult result = await StreamingProcess.RunAsync("validate", "/nonexistent/log.csv");
        Assert.Equal(74, result.Code);
        Assert.Contains("/nonexistent/log.csv: no such file", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_standard_input_is_a_log_too() =>
        Assert.Contains("records   3: 3 events", (await StreamingProcess.RunAsync(Good, [], "validate", "-")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Examples_without_a_choice_are_counted_apart_from_decisions()
    {
        ProcessResult result = await ValidateAsync("0:1:0.5 | a\n | b\n\n | a\n | b\n");
        Assert.StartsWith("records   2: 2 events", result.Output, StringComparison.Ordinal);
        Assert.Contains("decisions 1, 1 with their reward", result.Output, StringComparison.Ordinal);
        Assert.Contains("and 1 without a choice", result.Output, StringComparison.Ordinal);
    }

    private static async Task<ProcessResult> ValidateAsync(string log, params string[] more)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("log.csv"), log);
        return await StreamingProcess.RunAsync(["validate", folder.File("log.csv"), .. more]);
    }
}
