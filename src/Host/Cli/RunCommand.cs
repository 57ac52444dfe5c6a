using System.CommandLine;
using Streaming.Host.Configuration;
using Streaming.Host.Worker;

namespace Streaming.Host.Cli;

/// <summary><c>streaming run</c>: a pipeline as a service.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Option<string?> pipeline = SharedOptions.Pipeline();
        pipeline.Required = true;
        Option<string[]> set = SharedOptions.Set("Overrides one value of the pipeline, as Path=Value. Repeatable.");
        Option<string[]> backfill = new("--backfill")
        {
            Description = "Learns from this log first, where there is no snapshot yet, and goes live where it ends. With {shard} in its name: the log of each partition. Repeatable.",
            HelpName = "LOG",
            AllowMultipleArgumentsPerToken = false,
        };
        Option<string?> origin = SharedOptions.File(
            "--from-snapshot", "Begins from the newest snapshots in this folder, another worker's Snapshots:Directory, where there is none yet. Their folder is only read.", "DIR");
        Command command = new("run", "Runs a pipeline as a service: learns from events as they come, until SIGTERM or SIGINT ends it in good order. Goes on from the newest snapshot.")
        {
            pipeline, set, backfill, origin,
        };
        command.SetAction((result, ct) =>
        {
            ConfigurationLayers layers = new(result.GetValue(pipeline), [.. SettingArguments.Parse(result.GetValue(set) ?? [])]);
            return ServiceProcess.RunAsync<WorkerService, WorkerArguments>(new WorkerArguments(layers, result.GetValue(backfill) ?? [], result.GetValue(origin)), ct);
        });
        return command;
    }
}
