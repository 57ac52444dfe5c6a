using System.CommandLine;
using System.Globalization;
using Streaming.Host.Configuration;
using Streaming.Host.Evaluate;

namespace Streaming.Host.Cli;

/// <summary><c>streaming evaluate</c>: models trained on a part of a log, and tested on the rest.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Argument<string[]> logs = SharedOptions.Logs("Files to read as one, globs, or .gz.", ArgumentArity.OneOrMore);
        Option<string?> format = SharedOptions.Format();
        Option<string?> pipeline = SharedOptions.Pipeline();
        Option<string[]> set = SharedOptions.Set("Overrides one value of the pipeline, as Path=Value. Repeatable.");
        Option<long?> limit = new("--limit") { Description = "Stops after this many records.", HelpName = "N" };
        Option<string?> split = new("--split") { Description = "What is held out: temporal (default; the last share of the stream), random, per-user (the last events of each user), given (--test-file).", HelpName = "KIND" };
        Option<string?> test = new("--test") { Description = "Share that is held out (default 0.2); with per-user also a number of events of each user: 1 leaves the last one out.", HelpName = "SHARE|N" };
        Option<string?> testFile = SharedOptions.File("--test-file", "A second log that is tested, for --split given.", "FILE");
        Option<string?> negatives = SharedOptions.File("--negatives", "Ranks each held-out item among so many drawn ones that its user never met, or among those of a file, instead of all.", "N|FILE");
        Option<bool> strong = new("--strong-generalization") { Description = "Holds whole users out: --test is the share of users, --fold-in of their events is learned after the training, the rest is tested." };
        Option<string?> foldIn = new("--fold-in") { Description = "That share of events (default 0.8).", HelpName = "SHARE" };
        Option<bool> seen = new("--include-seen") { Description = "Ranks items of a user's training events too." };
        Option<string?> k = new("--k") { Description = "The k of the measures (default 10,20).", HelpName = "K,..." };
        Option<string?> epochs = new("--epochs") { Description = "Passes over the training part (default 1).", HelpName = "N" };
        Option<ulong?> seed = SharedOptions.Seed();
        Option<string?> summary = SharedOptions.File("--summary", "Writes the result as JSON.", "FILE.json");
        Command command = new("evaluate", "Trains the models of a pipeline on a part of a log and tests them on the rest, of which they learn nothing.")
        {
            logs, format, pipeline, set, limit, split, test, testFile, negatives, strong, foldIn, seen, k, epochs, seed, summary,
        };
        command.SetAction((result, ct) =>
        {
            List<KeyValuePair<string, string?>> settings = [.. SettingArguments.Parse(result.GetValue(set) ?? [])];
            void Setting(string path, object? value)
            {
                if (value is not null) settings.Add(new(path, Convert.ToString(value, CultureInfo.InvariantCulture)));
            }

            Setting("Source:Format", result.GetValue(format));
            Setting("Source:Limit", result.GetValue(limit));
            Setting("Source:Seed", result.GetValue(seed));
            string? file = result.GetValue(summary);
            ConfigurationLayers layers = new(result.GetValue(pipeline), settings) { Logs = result.GetRequiredValue(logs), Outputs = file is null ? [] : [("--summary", file)] };
            string? others = result.GetValue(negatives);
            bool isNumber = others is not null && others.All(char.IsAsciiDigit);
            EvaluateArguments arguments = new(layers)
            {
                Split = SplitOf(result.GetValue(split)),
                Test = Number("--test", result.GetValue(test), 0.2),
                TestFile = result.GetValue(testFile),
                Negatives = isNumber ? Count("--negatives", others, 0) : 0,
                NegativesFile = isNumber ? null : others,
                StrongGeneralization = result.GetValue(strong),
                FoldIn = Number("--fold-in", result.GetValue(foldIn), 0.8),
                IncludeSeen = result.GetValue(seen),
                Ks = KsOf(result.GetValue(k) ?? "10,20"),
                Epochs = Count("--epochs", result.GetValue(epochs), 1),
                Seed = result.GetValue(seed) ?? 42,
                SummaryFile = file,
            };
            arguments.Check();
            return RunAsync(arguments, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(EvaluateArguments arguments, CancellationToken ct)
    {
        PipelineConfiguration configuration = PipelineConfiguration.Load(arguments.Layers);
        if (arguments.SummaryFile is { } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{file} cannot be written: there is no folder {folder}");
        EvaluationResult result = await new Evaluation(configuration, arguments, TimeProvider.System).RunAsync(ct);
        if (arguments.SummaryFile is not null) EvaluationText.WriteJson(arguments.SummaryFile, result);
        EvaluationText.Write(Console.Out, result);
        return ExitCodes.Done;
    }

    private static SplitKind SplitOf(string? text)
    {
        if (text is null) return SplitKind.Temporal;
        foreach (SplitKind kind in Enum.GetValues<SplitKind>())
        {
            if (StrictBinder.Kebab(kind.ToString()).Equals(text, StringComparison.OrdinalIgnoreCase)) return kind;
        }

        throw new UsageException($"--split needs one of {string.Join(", ", Enum.GetNames<SplitKind>().Select(StrictBinder.Kebab))}, found '{text}'");
    }

    private static double Number(string option, string? text, double otherwise) =>
        text is null ? otherwise
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number
        : throw new UsageException($"{option} needs a number, found '{text}'");

    private static int Count(string option, string? text, int otherwise) =>
        text is null ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number
        : throw new UsageException($"{option} needs a whole number from 1, found '{text}'");

    private static List<int> KsOf(string text)
    {
        List<int> ks = [.. text.Split(',').Select(part => Count("--k", part.Trim(), 0)).Distinct().Order()];
        return ks[^1] <= 1000 && ks.Count <= 20 ? ks : throw new UsageException($"--k needs at most 20 numbers from 1 to 1,000, found '{text}'");
    }
}
