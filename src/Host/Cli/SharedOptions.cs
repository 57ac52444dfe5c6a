using System.CommandLine;

namespace Streaming.Host.Cli;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string[]> Set(string description) => new("--set") { Description = description, AllowMultipleArgumentsPerToken = false, HelpName = "Path=Value" };

    public static Option<string?> Pipeline() => new("--pipeline") { Description = "The pipeline file (JSON): Source, Stages, Sinks, Snapshots.", HelpName = "FILE" };

    public static Option<string?> Format() => new("--format") { Description = "Format of the log, where its content does not tell (streaming list formats).", HelpName = "F" };

    public static Option<ulong?> Seed() => new("--seed") { Description = "Seed of everything that is drawn or hashed (default 42).", HelpName = "N" };
}
