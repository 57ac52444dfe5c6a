using System.CommandLine;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;

namespace Streaming.Host.Cli;

/// <summary><c>streaming plan</c>: what a pipeline file will run, before it runs.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        Option<string?> pipeline = SharedOptions.Pipeline();
        Option<string[]> set = SharedOptions.Set("Overrides one value of the pipeline, as Path=Value. Repeatable.");
        Option<bool> mermaid = new("--mermaid") { Description = "Prints the graph as a Mermaid flowchart." };
        Command command = new("plan", "Prints the graph of a pipeline, its columns and the memory it may take. Without --pipeline: the default one.") { pipeline, set, mermaid };
        command.SetAction(result =>
        {
            ConfigurationLayers layers = new(result.GetValue(pipeline), SettingArguments.Parse(result.GetValue(set) ?? []));
            GraphPlan plan = PipelineConfiguration.Load(layers).Plan;
            Console.Out.Write(result.GetValue(mermaid) ? PlanMermaid.Of(plan) : PlanText.Of(plan));
            return ExitCodes.Done;
        });
        return command;
    }
}
