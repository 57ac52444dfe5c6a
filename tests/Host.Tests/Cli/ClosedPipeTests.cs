using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Host.Tests.Cli;

/// <summary>A reader that has what it wanted closes its pipe: the program then ends too, quietly.</summary>
public class ClosedPipeTests
{
    [Theory]
    [InlineData("PROGRAM generate ratings --events 1000000000 --set Users=100 --set Items=100 --format csv | head -1; exit ${PIPESTATUS[0]}", "userId,movieId,rating,timestamp")]
    [InlineData("seq 1 200000 | PROGRAM sketch space-saving --set Capacity=200000 | head -1 | wc -l; exit ${PIPESTATUS[1]}", "1")]
    [InlineData("awk 'BEGIN { for (i = 0; ; i++) print int(i / 500) % 2 }' 2> /dev/null | PROGRAM detect adwin | head -1; exit ${PIPESTATUS[1]}", "511\tdrift")]
    public async Task A_pipe_that_is_closed_early_ends_it_without_a_word(string line, string first)
    {
        using TemporaryFolder folder = new();
        ProcessResult result = await StreamingProcess.RunShellAsync(line.Replace("PROGRAM", $"'{StreamingProcess.Program}'", StringComparison.Ordinal), folder.Path);
        Assert.Equal((0, first + "\n", ""), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task A_replay_goes_on_to_its_end_when_nobody_reads_its_progress()
    {
        using TemporaryFolder folder = new();
        ProcessResult result = await StreamingProcess.RunShellAsync($"set -o pipefail; '{StreamingProcess.Program}' replay --limit 60000 --summary summary.json | head -1", folder.Path);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.True(File.Exists(folder.File("summary.json")));
    }
}
