using System.Reflection;
using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Host.Replay;
using Streaming.Shared.Data;
using Streaming.Sinks.Jsonl;
using Streaming.Sinks.Summary;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>
/// Writes docs/report.md: what a summary says, and what each type of stage reports. No signature tells that, so the sample pipelines, and one
/// with every type of stage, are run over a few events, and what they report is listed.
/// </summary>
internal sealed class ReportPage
{
    private const string Introduction =
        """
        # What is reported

        `--summary FILE.json` writes one JSON object. A value that does not exist, or would be wrong, is null. All measures are prequential: an event is first
        predicted, then learned from.


        """;

    private readonly SortedDictionary<string, List<ReportEntry>> _entries = new(StringComparer.Ordinal);
    private readonly SummaryData _summary;

    private ReportPage(IEnumerable<SummaryData> runs)
    {
        List<SummaryData> all = [.. runs];
        _summary = all[0];
        foreach (StageReport stage in all.SelectMany(r => r.Report.Stages))
        {
            if (!_entries.TryGetValue(stage.Type, out List<ReportEntry>? entries)) _entries[stage.Type] = entries = [];
            foreach (ReportEntry entry in stage.Entries)
            {
                int known = entries.FindIndex(e => e.Name == entry.Name);
                if (known < 0) entries.Add(entry);
                else if (RowNames(entries[known]).Count == 0) entries[known] = entry; // one that has rows says more
            }
        }
    }

    /// <summary>Types of stage that reported, with the names of their entries.</summary>
    public IReadOnlyDictionary<string, List<ReportEntry>> Entries => _entries;

    /// <summary>Types of stage that have views across shards.</summary>
    public static IReadOnlyList<string> Mergeable()
    {
        SortedSet<string> types = new(StringComparer.Ordinal);
        foreach (PlannedStage stage in PipelineConfiguration.Load(Layers(null, EveryType())).Plan.Stages)
        {
            IOperator built = stage.Type.Create(stage.Options, stage.Binding);
            if (built is IMergeableOperator) types.Add(stage.Type.Name);
            (built as IDisposable)?.Dispose();
        }

        return [.. types];
    }

    /// <summary>Runs the pipelines.</summary>
    public static async Task<ReportPage> RunAsync()
    {
        List<SummaryData> runs = [await RunAsync(null, EveryType())];
        foreach (string sample in Directory.EnumerateFiles(Path.Combine(SharedData.Root, "samples"), "*.json").Order(StringComparer.Ordinal)) runs.Add(await RunAsync(sample, []));
        return new ReportPage(runs);
    }

    /// <summary>Names of the fields of the summary itself.</summary>
    public IEnumerable<string> SummaryFields()
    {
        using MemoryStream json = new();
        SummaryWriter.Write(json, _summary with { RejectedByReason = [0, 1, .. _summary.RejectedByReason.Skip(2)] });
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        return [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
    }

    /// <summary>Names within the rows of an entry; none where it is no list, or an empty one.</summary>
    public static IReadOnlyList<string> RowNames(ReportEntry entry) =>
        entry.Value.Kind == ReportValueKind.Rows && entry.Value.Rows.Count > 0 ? [.. entry.Value.Rows[0].Entries.Select(e => e.Name)] : [];

    /// <summary>The page.</summary>
    /// <exception cref="InvalidOperationException">Something has no meaning in <paramref name="meanings"/>.</exception>
    public string Write(ReportMeanings meanings)
    {
        StringBuilder page = new(GeneratedPages.Notice);
        page.Append(Introduction.ReplaceLineEndings("\n"));
        page.Append("| Name | Meaning |\n|---|---|\n");
        foreach (string field in SummaryFields()) page.Append($"| `{field}` | {meanings.Of("summary", field)} |\n");
        page.Append("\nEach stage has an object of its own under `stages`, by its id, with its `type` and what is listed here.\n\n");
        foreach (IGrouping<StageKind, StageType> kind in StageCatalogue.All.GroupBy(s => s.Kind).OrderBy(g => g.Key))
        {
            page.Append($"## {kind.Key}\n\n");
            foreach (StageType type in kind)
            {
                page.Append($"### `{type.Name}`\n\n| Name | Meaning |\n|---|---|\n");
                foreach (ReportEntry entry in _entries[type.Name]) page.Append($"| `{entry.Name}` | {meanings.Of(type.Kind, type.Name, entry.Name)} |\n");
                page.Append('\n');
            }
        }

        page.Append("## Events\n\n`--events FILE.jsonl` writes a JSON object a line for each event: the fields here, and for each stage that has something to say of the event an object\n");
        page.Append("by its id with its columns ([configuration.md](configuration.md) says what each means).\n\n| Name | Meaning |\n|---|---|\n");
        foreach (string field in EventsSink.ReservedNames) page.Append($"| `{field}` | {meanings.Of("event", field)} |\n");
        return page.ToString();
    }

    private static async Task<SummaryData> RunAsync(string? pipeline, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        SummaryData? summary = await new ReplayPipeline(PipelineConfiguration.Load(Layers(pipeline, settings)), TimeProvider.System, _ => { }) { Synchronous = true }.RunAsync(CancellationToken.None);
        return summary!;
    }

    private static ConfigurationLayers Layers(string? pipeline, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        const string Events = "2000";
        return new ConfigurationLayers(pipeline, [new("Source:Type", "synthetic"), new("Source:Synthetic:Type", "ratings"), new("Source:Synthetic:Events", Events), new("Source:Items", Path.Combine(SharedData.Root, "samples", "items", "items.csv")), .. settings]);
    }

    /// <summary>A stage of every type, with what it needs; one for each user where it can, and ranks from every model that has them.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> EveryType()
    {
        foreach (StageType type in StageCatalogue.All)
        {
            foreach ((string suffix, string? key) in Has(type, "Key") ? [("", null), ("-by-user", "user")] : ((string, string?)[])[("", null)])
            {
                string id = $"every-{type.Name}{suffix}";
                yield return new($"Stages:{id}:Type", type.Name);
                if (key is not null) yield return new($"Stages:{id}:Key", key);
                if (Has(type, "Watch")) yield return new($"Stages:{id}:Watch", "every-biased-mf.loss");
                if (Has(type, "Model")) yield return new($"Stages:{id}:Model", "every-biased-mf");
                if (Has(type, "Ages")) yield return new($"Stages:{id}:Ages", "true");
                foreach ((string option, string value) in Has(type, "Refit") ? [("Every", "200"), ("Capacity", "200"), ("Window", "100")] : Array.Empty<(string, string)>())
                    yield return new($"Stages:{id}:Refit:{option}", value);
                if (Has(type, "From")) yield return new($"Stages:{id}:From", "10");
                if (Has(type, "AucSamples")) yield return new($"Stages:{id}:AucSamples", "5");
                if (Has(type, "AucSamples")) yield return new($"Stages:{id}:K", "1,5,50,100");
            }

            foreach (string k in type.Name == "exposure" ? ["1", "5", "20", "50", "100"] : Array.Empty<string>())
            {
                yield return new($"Stages:every-{type.Name}-{k}:Type", type.Name);
                yield return new($"Stages:every-{type.Name}-{k}:Model", "every-biased-mf");
                yield return new($"Stages:every-{type.Name}-{k}:K", k);
            }

            if (!type.Columns.Any(c => c.Name == "rank@")) continue;
            yield return new($"Stages:ranks-of-{type.Name}:Type", "ranking");
            yield return new($"Stages:ranks-of-{type.Name}:Model", $"every-{type.Name}");
        }
    }

    private static bool Has(StageType type, string option) => type.OptionsType.GetProperty(option, BindingFlags.Public | BindingFlags.Instance) is not null;
}
