using System.CommandLine;

namespace Streaming.Host.Cli;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string[]> Set(string description) => new("--set") { Description = description, AllowMultipleArgumentsPerToken = false, HelpName = "Path=Value" };

    /// <summary>Logs to read. A word that begins with a dash is no log but an option that does not exist (<c>./-name</c> names such a file).</summary>
    public static Argument<string[]> Logs(string description, ArgumentArity arity)
    {
        Argument<string[]> logs = new("LOG") { Description = description, Arity = arity };
        logs.Validators.Add(result =>
        {
            foreach (System.CommandLine.Parsing.Token token in result.Tokens.Where(t => t.Value.StartsWith('-') && t.Value != "-")) result.AddError($"Unknown option '{token.Value}'.");
        });
        return logs;
    }

    public static Option<string?> Pipeline() => new("--pipeline") { Description = "The pipeline file (JSON): Source, Stages, Sinks, Snapshots.", HelpName = "FILE" };

    public static Option<string?> Format() => new("--format") { Description = "Format of the log, where its content does not tell (streaming list formats).", HelpName = "F" };

    public static Option<ulong?> Seed() => new("--seed") { Description = "Seed of everything that is drawn or hashed (default 42).", HelpName = "N" };
}
