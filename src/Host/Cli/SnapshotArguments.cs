using System.CommandLine;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Snapshots;

namespace Streaming.Host.Cli;

/// <summary>What the commands have in common that ask a stage of a snapshot: the folder, the pipeline that filled it, and the stage.</summary>
internal sealed class SnapshotArguments
{
    private readonly Option<string?> _checkpoint = SharedOptions.File("--checkpoint", "The folder of the snapshots (default: the pipeline's Snapshots:Directory); of a worker on Kafka, that of one partition, DIR/shard-N.", "DIR");
    private readonly Option<string?> _pipeline = SharedOptions.Pipeline();
    private readonly Option<string[]> _set = SharedOptions.Set("Overrides one value of the pipeline, as Path=Value: those that the snapshots were made with. Repeatable.");
    private readonly Option<ulong?> _seed = SharedOptions.Seed();
    private readonly Option<string?> _stage = new("--stage") { Description = "Id of the stage; where the pipeline has only one that can answer, it need not be named.", HelpName = "ID" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_checkpoint, _pipeline, _set, _seed, _stage]) command.Add(option);
    }

    /// <summary>The pipeline.</summary>
    public PipelineConfiguration Configuration(ParseResult result)
    {
        List<KeyValuePair<string, string?>> settings = [.. SettingArguments.Parse(result.GetValue(_set) ?? [])];
        if (result.GetValue(_seed) is { } seed) settings.Add(new("Source:Seed", seed.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (result.GetValue(_checkpoint) is { } folder) settings.Add(new("Snapshots:Directory", folder));
        PipelineConfiguration configuration = PipelineConfiguration.Load(new ConfigurationLayers(result.GetValue(_pipeline), settings));
        return configuration.Snapshots.Directory is { Length: > 0 } ? configuration : throw new UsageException("--checkpoint DIR is missing: the folder of the snapshots; the pipeline has no Snapshots:Directory either");
    }

    /// <summary>Restores the stage that is named, or else the only one that can answer.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="configuration">The pipeline.</param>
    /// <param name="answers">Whether a stage can answer.</param>
    /// <param name="what">What it is that it can: "recommends".</param>
    public SnapshotStage Load(ParseResult result, PipelineConfiguration configuration, Func<PlannedStage, bool> answers, string what)
    {
        PlannedStage[] models = [.. configuration.Plan.Stages.Where(s => s.Type.Kind == StageKind.Model)], able = [.. models.Where(answers)];
        string known = $"{(able.Length == 0 ? "none of the stages" : "of the stages, these do:")} {string.Join(", ", able.Select(s => s.Id))}".TrimEnd();
        PlannedStage? stage = result.GetValue(_stage) is { } id ? models.FirstOrDefault(s => s.Id == id) ?? throw new UsageException($"--stage: there is no model '{id}' in the pipeline; {what}: {known}")
            : able.Length == 1 ? able[0]
            : throw new UsageException($"--stage ID is needed: the stage that {what}; {known}");
        return SnapshotStage.Load(configuration, stage, Console.Error.WriteLine);
    }
}
