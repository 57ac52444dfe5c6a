using System.CommandLine;
using Streaming.Host.Configuration;
using Streaming.Host.Export;
using Streaming.Host.Snapshots;
using Streaming.Operators.Models;

namespace Streaming.Host.Cli;

/// <summary><c>streaming export</c>: the factors of a model, as of the newest snapshot, for whatever else uses them.</summary>
internal static class ExportCommand
{
    private static readonly string[] Formats = ["csv", "npy"];

    public static Command Create()
    {
        SnapshotArguments snapshot = new();
        Option<string?> folder = SharedOptions.File("--out", "The folder the files go to; made if it is not there.", "DIR");
        folder.Required = true;
        Option<string> format = new("--format") { Description = "csv (default): users.csv and items.csv with id, bias and factors; npy: users.npy and items.npy with a row for each line of users.ids and items.ids, and the biases beside.", HelpName = "F", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong(Formats);
        Command command = new("export", "Writes the user and item factors of a model, by the newest snapshot, and export.json, which says what they are.") { folder, format };
        snapshot.AddTo(command);
        command.SetAction(result =>
        {
            PipelineConfiguration configuration = snapshot.Configuration(result);
            using SnapshotStage stage = snapshot.Load(result, configuration, _ => true, "is to be exported");
            if ((stage.Operator as IModelOperator)?.Model is not IFactorModel model) throw new UsageException($"--stage: '{stage.Plan.Id}' is of type {stage.Plan.Type.Name}, which has no factors");
            FactorExport export = new(stage, model, result.GetRequiredValue(folder)!);
            string written = result.GetValue(format) == "npy" ? export.WriteNpy() : export.WriteCsv();
            Console.Error.WriteLine($"'{stage.Plan.Id}' as of snapshot {stage.Epoch}, at event {stage.Events}: {written}");
            return ExitCodes.Done;
        });
        return command;
    }
}
