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
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
            {
                if (token.Value.Length == 0) result.AddError("A log needs the name of a file, found an empty one.");
                else if (token.Value.StartsWith('-') && token.Value != "-") result.AddError($"Unknown option '{token.Value}'.");
            }
        });
        return logs;
    }

    /// <summary>An option that names a file or folder. An empty name, as of a shell variable that is not set, is a mistake and not the default.</summary>
    public static Option<string?> File(string name, string description, string helpName)
    {
        Option<string?> option = new(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => t.Value.Length == 0)) result.AddError($"{name} needs the name of a file or folder, found an empty one.");
        });
        return option;
    }

    public static Option<string?> Pipeline() => File("--pipeline", "The pipeline file (JSON): Source, Stages, Sinks, Snapshots, Http.", "FILE");

    public static Option<string?> Format() => new("--format") { Description = "Format of the log, where its content does not tell (streaming list formats).", HelpName = "F" };

    public static Option<ulong?> Seed() => new("--seed") { Description = "Seed of the keys and of everything the pipeline draws (default 42); a generated log has its own.", HelpName = "N" };
}
