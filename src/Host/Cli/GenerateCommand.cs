using System.CommandLine;
using Streaming.Host.Configuration;
using Streaming.Ingest.Synthetic;

namespace Streaming.Host.Cli;

/// <summary><c>streaming generate</c>: synthetic logs with a known truth.</summary>
internal static class GenerateCommand
{
    private static readonly string[] Shapes = ["movielens", "csv", "tsv", "jsonl"];

    public static Command Create()
    {
        Argument<string> kind = new("KIND") { Description = "ratings: users rate items, with planted biases and factors." };
        kind.AcceptOnlyFromAmong("ratings");
        Option<long?> events = new("--events") { Description = "Number of events (default 200,000).", HelpName = "N" };
        Option<ulong?> seed = new("--seed") { Description = "Seed: event n depends on the seed, the options and n only (default 42).", HelpName = "N" };
        Option<string?> outFile = SharedOptions.File("--out", "File to write; without it, the standard output.", "FILE");
        Option<string> format = new("--format") { Description = $"{string.Join(", ", Shapes)} (default movielens).", DefaultValueFactory = _ => "movielens", HelpName = "F" };
        format.AcceptOnlyFromAmong(Shapes);
        Option<string[]> set = SharedOptions.Set("An option of the generator, as Option=Value. Repeatable.");
        Command command = new("generate", "Writes a synthetic log with a known truth.") { kind, events, seed, outFile, format, set };
        command.SetAction((result, ct) =>
        {
            List<KeyValuePair<string, string?>> settings = [.. SettingArguments.Parse(result.GetValue(set) ?? [])];
            if (result.GetValue(events) is { } n) settings.Add(new("Events", n.ToString()));
            if (result.GetValue(seed) is { } s) settings.Add(new("Seed", s.ToString()));
            return Task.FromResult(Run(settings, Enum.Parse<RatingsLogShape>(result.GetRequiredValue(format), ignoreCase: true), result.GetValue(outFile), ct));
        });
        return command;
    }

    private static int Run(IEnumerable<KeyValuePair<string, string?>> settings, RatingsLogShape shape, string? file, CancellationToken ct)
    {
        List<ConfigurationMistake> mistakes = [];
        RatingsOptions options = new();
        new StrictBinder(mistakes).Bind(SettingArguments.Section("ratings", settings), options);
        if (mistakes.Count > 0) throw new ConfigurationException(mistakes);
        RatingsGenerator generator = new(options);
        using Stream output = file is null ? StandardOutput.Open() : File.Create(file);
        long bytes = RatingsLogWriter.Write(generator, output, shape, ct);
        output.Flush();
        if (file is not null) Console.Error.WriteLine($"{generator.Events:N0} ratings, {bytes:N0} bytes: {file}");
        return ExitCodes.Done;
    }
}
