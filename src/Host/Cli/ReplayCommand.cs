using System.CommandLine;
using Streaming.Host.Configuration;
using Streaming.Host.Replay;

namespace Streaming.Host.Cli;

/// <summary><c>streaming replay</c>: a log through a pipeline, at full speed.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        Argument<string[]> logs = SharedOptions.Logs("Files to read as one, globs, .gz, or - for standard input. Without any: an embedded sample.", ArgumentArity.ZeroOrMore);
        Option<string?> format = SharedOptions.Format();
        Option<string?> pipeline = SharedOptions.Pipeline();
        Option<string[]> set = SharedOptions.Set("Overrides one value of the pipeline, as Path=Value. Repeatable.");
        Option<long?> limit = new("--limit") { Description = "Stops after this many records.", HelpName = "N" };
        Option<ulong?> seed = SharedOptions.Seed();
        Option<string?> summary = SharedOptions.File("--summary", "Writes the summary as JSON.", "FILE.json");
        Option<string?> events = SharedOptions.File("--events", "Writes every event with what each stage said of it, a JSON object a line.", "FILE.jsonl");
        Option<string?> checkpoint = SharedOptions.File("--checkpoint", "Makes snapshots in this folder.", "DIR");
        Option<long?> every = new("--checkpoint-every") { Description = "Source records between two snapshots (default 100,000).", HelpName = "N" };
        Option<bool> resume = new("--resume") { Description = "Goes on from the newest valid snapshot in the folder of --checkpoint." };
        Option<string?> from = new("--report-from") { Description = "Reports the events from this one on apart as well (late_): a number, or a share, for which the log is counted first.", HelpName = "N|50%" };
        Option<bool> metrics = new("--metrics") { Description = "Serves metrics for Prometheus while it runs, on http://127.0.0.1:9464/metrics (Http:Address, Http:Port)." };
        Option<bool> quiet = new("--no-progress") { Description = "Shows no progress, only the summary." };
        Command command = new("replay", "Replays a log through a pipeline: learns from each event and says at the end how well it did.")
        {
            logs, format, pipeline, set, limit, seed, summary, events, checkpoint, every, resume, from, metrics, quiet,
        };
        command.SetAction((result, ct) =>
        {
            List<KeyValuePair<string, string?>> settings = [.. SettingArguments.Parse(result.GetValue(set) ?? [])];
            void Setting(string path, object? value)
            {
                if (value is not null) settings.Add(new(path, Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)));
            }

            Setting("Source:Format", result.GetValue(format));
            Setting("Source:Limit", result.GetValue(limit));
            Setting("Source:Seed", result.GetValue(seed));
            Setting("Snapshots:Directory", result.GetValue(checkpoint));
            Setting("Snapshots:Every", result.GetValue(every));
            if (result.GetValue(metrics)) Setting("Http:Prometheus", "true");
            if (result.GetValue(resume)) Setting("Snapshots:Resume", "true");
            if (result.GetValue(events) is { } file)
            {
                Setting("Sinks:events:Type", "events");
                Setting("Sinks:events:File", file);
            }

            ConfigurationLayers layers = new(result.GetValue(pipeline), settings) { Logs = result.GetValue(logs) ?? [], DeadLetters = "dead-letters.jsonl", Outputs = result.GetValue(summary) is { } path ? [("--summary", path)] : [] };
            return ServiceProcess.RunAsync<ReplayWorker, ReplayArguments>(new ReplayArguments(layers, result.GetValue(summary), !result.GetValue(quiet), result.GetValue(from) is { } text ? ReportFrom.Parse(text) : null), ct);
        });
        return command;
    }
}
