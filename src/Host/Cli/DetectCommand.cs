using System.CommandLine;
using System.Globalization;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Operators.Drift;

namespace Streaming.Host.Cli;

/// <summary><c>streaming detect</c>: a drift detector over numbers on standard input, one a line.</summary>
internal static class DetectCommand
{
    public static Command Create()
    {
        Argument<string> detector = new("DETECTOR") { Description = "Name of a detector (streaming list detectors)." };
        Option<string?> variant = new("--variant") { Description = "Named variant, where the detector has several (the same as --set Variant=V)." };
        Option<string[]> set = SharedOptions.Set("An option of the detector, as Option=Value. Repeatable.");
        Command command = new("detect", "Runs a drift detector over numbers on standard input; prints 'INDEX<TAB>warning' and 'INDEX<TAB>drift' lines, 0-based.")
        {
            detector, variant, set,
        };
        command.SetAction(result =>
        {
            using TextWriter output = StandardOutput.OpenText(autoFlush: true);
            return Run(result.GetRequiredValue(detector), result.GetValue(variant), result.GetValue(set) ?? [], StandardInput.OpenText(), output);
        });
        return command;
    }

    internal static int Run(string name, string? variant, IEnumerable<string> set, TextReader input, TextWriter output)
    {
        List<KeyValuePair<string, string?>> settings = [.. SettingArguments.Parse(set)];
        if (variant is not null) settings.Add(new("Variant", variant));
        IDriftDetector detector = ComponentOptions.Create(DetectorCatalogue.All, "detector", name, settings, seed: 42);
        DriftSignal before = DriftSignal.None;
        long index = 0;
        for (int line = 1; input.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                throw new BadRecordsException($"line {line} of the input is '{Excerpt(text)}', but a finite number is needed");
            DriftSignal signal = detector.Update(value);
            if (signal == DriftSignal.Drift) output.WriteLine($"{index}\tdrift");
            else if (signal == DriftSignal.Warning && before != DriftSignal.Warning) output.WriteLine($"{index}\twarning");
            before = signal;
            index++;
        }

        return ExitCodes.Done;
    }

    private static string Excerpt(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
