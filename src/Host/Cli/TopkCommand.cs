using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Snapshots;
using Streaming.Ingest.Privacy;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Host.Cli;

/// <summary><c>streaming topk</c>: what a model recommends to a user, as of the newest snapshot.</summary>
internal static class TopkCommand
{
    private const int MaxItems = 1_000_000;

    public static Command Create()
    {
        Argument<string> user = new("USER") { Description = "The user's id, as records have it." };
        SnapshotArguments snapshot = new();
        Option<int> k = new("--k") { Description = "Number of items (default 10).", HelpName = "N", DefaultValueFactory = _ => 10 };
        k.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n is < 1 or > MaxItems) result.AddError($"--k is 1 to {MaxItems}, found {n}.");
        });
        Option<string?> at = new("--at") { Description = "When the list would be shown: ISO 8601 or Unix seconds; decides which items are offered. Default: the time of the snapshot's last event.", HelpName = "TIME" };
        Option<bool> json = new("--json") { Description = "Prints one JSON object instead of rows." };
        Command command = new(
            "topk",
            "Prints the best items for a user, best first, as 'ITEM<TAB>SCORE<TAB>TITLE' rows, by the newest snapshot. Titles come from Source:Items. A user whom the model does not know gets none; the exit code is 0.")
        {
            user, k, at, json,
        };
        snapshot.AddTo(command);
        command.SetAction(result =>
        {
            PipelineConfiguration configuration = snapshot.Configuration(result);
            long? time = result.GetValue(at) is { } text ? ForgottenList.TryTime(text, out long parsed) ? parsed : throw new UsageException($"--at needs a time, as 2026-05-01T12:00:00Z or 1777636800, found '{text}'") : null;
            using SnapshotStage stage = snapshot.Load(result, configuration, Lists, "recommends");
            using TextWriter output = StandardOutput.OpenText(autoFlush: false);
            Run(stage, configuration.Plan.Items, result.GetRequiredValue(user), new ScoredItem[result.GetValue(k)], time, result.GetValue(json), output, Console.Error);
            return ExitCodes.Done;
        });
        return command;
    }

    private static bool Lists(PlannedStage stage) => stage.Binding.Demands(RankDemand.Family).Any() || stage.Binding.Demands(TopDemand.Family).Any();

    private static void Run(SnapshotStage stage, ItemCatalogue catalogue, string user, ScoredItem[] list, long? time, bool json, TextWriter output, TextWriter error)
    {
        if (!Lists(stage.Plan) || (stage.Operator as IModelOperator)?.Model is not IRecommender model)
            throw new ConfigurationException($"Stages:{stage.Plan.Id}", "keeps no lists: no stage asks for its rank or top, as one of type ranking does; the snapshots have to be made with such a pipeline");
        ulong key = stage.Names.KeyOf(user);
        if (key == EntityKeyCodec.None) throw new UsageException($"USER is no id: it has 1 to {EntityKeyCodec.MaxIdBytes} bytes, and no control characters.");
        int found = model.TopK(new Example { User = key, Value = double.NaN, Time = time ?? stage.Time, Weight = 1 }, list);
        error.WriteLine($"'{stage.Plan.Id}' as of snapshot {stage.Epoch}, at event {stage.Events}");
        if (found == 0) error.WriteLine($"nothing is recommended to '{user}': '{stage.Plan.Id}' has not met them up to event {stage.Events}, or there is no item that they have not met and that is offered");
        if (json) output.WriteLine(Json(stage, catalogue, user, list.AsSpan(0, found)));
        else foreach (ScoredItem item in list.AsSpan(0, found)) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage.Names.Name(item.Item)}\t{item.Score:R}\t{Printable(catalogue.Title(item.Item))}"));
    }

    private static string Json(SnapshotStage stage, ItemCatalogue catalogue, string user, ReadOnlySpan<ScoredItem> list)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("user", user);
            writer.WriteString("stage", stage.Plan.Id);
            writer.WriteNumber("events", stage.Events);
            writer.WriteStartArray("items");
            foreach (ScoredItem item in list)
            {
                writer.WriteStartObject();
                writer.WriteString("item", stage.Names.Name(item.Item));
                if (double.IsFinite(item.Score)) writer.WriteNumber("score", item.Score);
                else writer.WriteNull("score");
                writer.WriteString("title", catalogue.Title(item.Item));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private static string Printable(string? title) => title is null ? "" : string.Concat(title.Select(c => char.IsControl(c) ? ' ' : c));
}
