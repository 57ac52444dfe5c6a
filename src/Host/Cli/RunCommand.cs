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
        Command command = new("run", "Runs a pipeline as a service: learns from events as they come, until SIGTERM or SIGINT ends it in good order. Goes on from the newest snapshot.")
        {
            pipeline, set,
        };
        command.SetAction((result, ct) =>
            WorkerProcess.RunAsync(new ConfigurationLayers(result.GetValue(pipeline), [.. SettingArguments.Parse(result.GetValue(set) ?? [])]), ct));
        return command;
    }
}
