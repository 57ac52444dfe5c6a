using Streaming.Shared.Data;
using Streaming.Shared.Files;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>What the README shows is run, in its order, in a folder that has the program and the samples as the repository has them.</summary>
public class ReadmeTests
{
    [Fact]
    public async Task Every_command_of_the_readme_runs()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(SharedData.Root, "README.md"));
        string[] commands = [.. ReadmeCommands.Of(readme)];
        if (readme.Contains("replay", StringComparison.Ordinal)) Assert.NotEmpty(commands);
        Assert.Empty(await FailuresAsync(commands));
    }

    [Fact]
    public async Task A_command_that_fails_is_told_and_one_that_works_is_not()
    {
        IReadOnlyList<string> failures = await FailuresAsync(["./streaming plan --pipeline samples/explicit.json > plan.txt", "./streaming detekt", "cat plan.txt"]);
        Assert.StartsWith("./streaming detekt ended with 2: ", Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_are_the_prompted_lines_of_console_blocks_that_are_run()
    {
        const string Text =
            """
            # Title
            $ ./streaming outside
            ```console
            $ ./streaming one --a
            output
            $ ls
            $ ./streaming two \
                --b
            ./streaming output
            ```
            ```json
            $ ./streaming json
            ```
            <!-- not run -->

            ```console
            $ ./streaming never
            ```
            ```console
            $ ./streaming three | head -1
            ```
            """;
        Assert.Equal(["./streaming one --a", "./streaming two --b", "./streaming three | head -1"], ReadmeCommands.Of(Text));
    }

    private static async Task<IReadOnlyList<string>> FailuresAsync(IEnumerable<string> commands)
    {
        using TemporaryFolder folder = new();
        Directory.CreateSymbolicLink(folder.File("samples"), Path.Combine(SharedData.Root, "samples"));
        await File.WriteAllTextAsync(folder.File("streaming"), $"#!/bin/sh\nexec '{StreamingProcess.Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.File("streaming"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        List<string> failures = [];
        foreach (string command in commands)
        {
            ProcessResult result = await StreamingProcess.RunShellAsync(command, folder.Path);
            if (result.Code != 0) failures.Add($"{command} ended with {result.Code}: {result.Error}");
        }

        return failures;
    }
}
