using System.CommandLine;
using Streaming.Host.Configuration;
using Streaming.Ingest.Synthetic;

namespace Streaming.Host.Cli;

/// <summary><c>streaming generate</c>: synthetic logs with a known truth.</summary>
internal static class GenerateCommand
{
    private static readonly string[] Shapes = [.. Enum.GetNames<LogShape>().Select(StrictBinder.Kebab)];

    public static Command Create()
    {
        Argument<string> kind = new("KIND") { Description = string.Join("; ", GeneratorCatalogue.All.Select(g => $"{g.Name}: {g.Summary}")) + "." };
        kind.AcceptOnlyFromAmong([.. GeneratorCatalogue.All.Select(g => g.Name)]);
        Option<long?> events = new("--events") { Description = "Number of events (default 200,000).", HelpName = "N" };
        Option<ulong?> seed = new("--seed") { Description = "Seed: event n depends on the seed, the options and n only (default 42).", HelpName = "N" };
        Option<string?> outFile = SharedOptions.File("--out", "File to write; without it, the standard output.", "FILE");
        Option<string?> format = new("--format") { Description = $"{string.Join(", ", Shapes)} for ratings (default movielens); the others are jsonl.", HelpName = "F" };
        format.AcceptOnlyFromAmong(Shapes);
        Option<string[]> set = SharedOptions.Set("An option of the generator, as Option=Value. Repeatable.");
        Command command = new("generate", "Writes a synthetic log with a known truth.") { kind, events, seed, outFile, format, set };
        command.SetAction((result, ct) =>
        {
            GeneratorType type = GeneratorCatalogue.Find(result.GetRequiredValue(kind))!;
            LogShape shape = ShapeOf(type, result.GetValue(format));
            List<KeyValuePair<string, string?>> settings = [.. SettingArguments.Parse(result.GetValue(set) ?? [])];
            if (result.GetValue(events) is { } n) settings.Add(new("Events", n.ToString()));
            if (result.GetValue(seed) is { } s) settings.Add(new("Seed", s.ToString()));
            return Task.FromResult(Run(type, settings, shape, result.GetValue(outFile), ct));
        });
        return command;
    }

    private static LogShape ShapeOf(GeneratorType type, string? format)
    {
        if (format is null) return type.Shapes[0];
        LogShape shape = Enum.Parse<LogShape>(format, ignoreCase: true);
        return type.Shapes.Contains(shape)
            ? shape
            : throw new UsageException($"--format {format} cannot hold {type.What}: {type.Name} is written as {string.Join(", ", type.Shapes.Select(s => StrictBinder.Kebab(s.ToString())))}");
    }

    private static int Run(GeneratorType type, IEnumerable<KeyValuePair<string, string?>> settings, LogShape shape, string? file, CancellationToken ct)
    {
        List<ConfigurationMistake> mistakes = [];
        GeneratorOptions options = type.NewOptions();
        new StrictBinder(mistakes).Bind(SettingArguments.Section(type.Name, settings), options);
        if (mistakes.Count > 0) throw new ConfigurationException(mistakes);
        if (Directory.Exists(file)) throw new IOException($"{file}: is a directory; name a file in it");
        ILogGenerator generator = type.Create(options, shape);
        using Stream output = file is null ? StandardOutput.Open() : File.Create(file);
        long bytes = LogWriter.Write(generator, output, ct);
        output.Flush();
        if (file is not null) Console.Error.WriteLine($"{generator.Account}, {bytes:N0} bytes: {file}");
        return ExitCodes.Done;
    }
}
