using System.CommandLine;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Ingest;
using Streaming.Ingest.Formats;
using Streaming.Operators.Drift;
using Streaming.Operators.Sketches;
using Streaming.Sinks;

namespace Streaming.Host.Cli;

/// <summary><c>streaming list</c>: what can be named in a pipeline and on the command line.</summary>
internal static class ListCommand
{
    private static readonly string[] Kinds = ["formats", "sources", "stages", "sinks", "detectors", "sketches"];

    public static Command Create()
    {
        Argument<string?> kind = new("KIND") { Description = string.Join(", ", Kinds) + "; all without it.", Arity = ArgumentArity.ZeroOrOne };
        kind.AcceptOnlyFromAmong(Kinds);
        Command command = new("list", "Lists what can be named in a pipeline and on the command line.") { kind };
        command.SetAction(result =>
        {
            string? one = result.GetValue(kind);
            foreach (string name in one is null ? Kinds : [one])
            {
                if (one is null) Console.Out.WriteLine(name);
                foreach ((string item, string summary) in Items(name)) Console.Out.WriteLine($"  {item,-22} {summary}");
                if (one is null) Console.Out.WriteLine();
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static IEnumerable<(string Name, string Summary)> Items(string kind) => kind switch
    {
        "formats" => FormatCatalogue.All.Select(f => (f.Name, f.Summary)),
        "sources" => SourceCatalogue.All.Select(s => (s.Name, s.Summary)),
        "stages" => StageCatalogue.All.Select(s => (s.Name, $"[{StrictBinder.Kebab(s.Kind.ToString())}] {s.Summary}")),
        "sinks" => SinkCatalogue.All.Select(s => (s.Name, s.Summary)),
        "detectors" => DetectorCatalogue.All.Select(d => (d.Name, d.Summary)),
        _ => SketchCatalogue.All.Select(s => (s.Name, s.Summary)),
    };
}
