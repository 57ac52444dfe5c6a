using System.Reflection;
using System.Text;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Host.Cli;
using Streaming.Host.Configuration;
using Streaming.Host.Observability;
using Streaming.Host.Snapshots;
using Streaming.Host.Worker;
using Streaming.Ingest;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Synthetic;
using Streaming.Operators.Drift;
using Streaming.Operators.Sketches;
using Streaming.Sinks;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>Writes docs/configuration.md from the catalogues, the options classes and their doc comments.</summary>
internal static class ConfigurationPage
{
    private const string Introduction =
        """
        # Configuration

        A pipeline is configured in layers, weakest first: the pipeline file (`--pipeline FILE.json`, or the default one), environment variables, files of
        secrets ([operations.md](operations.md#secrets)), the command line. A path names a value in all of them, in any case: `"Stages": { "mf": { "Factors": 20 } }` in the file,
        `STREAMING__Stages__mf__Factors=20` in the environment, `--set Stages:mf:Factors=20` on the command line. Where `--set` names a path twice, the
        last value counts. `--format`, `--limit`, `--seed`, `--checkpoint`, `--checkpoint-every`, `--resume`, `--metrics` and `--events` are short for settings
        below, and stronger than `--set`.

        The roots are `Source`, `Stages`, `Sinks`, `Snapshots`, `Privacy`, `Http`, `Worker`, `Log` and `Kafka`. A key that does not exist is a mistake, and so is a value that cannot be read or is
        out of its range; nothing runs before all mistakes have been reported together. An empty value takes an option that is unset by default back to that. Names are
        written with dashes or without, in any case.


        """;

    private const string StageIntroduction =
        """
        ## Stages

        A map from an id of your own (letters, digits, `-`, `_`) to a stage: its `Type`, its options, and optionally `After`, the ids of stages of the same or an
        earlier kind that must come before it. Stages stand in the order of their kinds (window, sketch, model, bandit, drift, evaluation), then of `After`, then of
        their ids. A column is read as `id.column`, from an earlier stage only; one that nobody reads is not computed.


        """;

    /// <summary>The page.</summary>
    public static string Write()
    {
        XmlDocs docs = new();
        OptionTable options = new(docs);
        StringBuilder page = new(GeneratedPages.Notice);
        page.Append(Introduction.ReplaceLineEndings("\n"));

        page.Append("## Source\n\n");
        options.Append(page, new SourceOptions());
        page.Append("Sources:\n\n");
        foreach (SourceType source in SourceCatalogue.All) page.Append($"- `{source.Name}`: {source.Summary}\n");
        page.Append("\nFormats:\n\n");
        foreach (FormatType format in FormatCatalogue.All) page.Append($"- `{format.Name}`: {format.Summary}\n");
        page.Append('\n');
        AppendRejections(page, docs);
        AppendGenerators(page, options);

        page.Append(StageIntroduction.ReplaceLineEndings("\n"));
        foreach (IGrouping<StageKind, StageType> kind in StageCatalogue.All.GroupBy(s => s.Kind).OrderBy(g => g.Key))
        {
            page.Append($"### {kind.Key}\n\n");
            foreach (StageType stage in kind) AppendStage(page, options, stage);
        }

        page.Append("## Sinks\n\nA map from an id, which no stage has, to a sink: its `Type` and its options. Where none takes the dead letters, `streaming replay` writes them to "
            + "`dead-letters.jsonl` in the folder where it was started.\n\n");
        foreach (SinkType sink in SinkCatalogue.All)
        {
            page.Append($"### `{sink.Name}`\n\n{sink.Summary}\n\n");
            options.Append(page, sink.NewOptions());
        }

        page.Append("## Snapshots\n\n");
        options.Append(page, new SnapshotOptions());

        page.Append("## Privacy\n\n`streaming forget USER` appends to the list and puts the record into the stream that has every stage erase what it knows of the user.\n\n");
        options.Append(page, new PrivacyOptions());

        page.Append("## Http\n\nWhat is served while a pipeline runs; [metrics.md](metrics.md) lists it.\n\n");
        options.Append(page, new HttpOptions());

        page.Append("## Worker\n\nThe life of a process that `streaming run` starts; [operations.md](operations.md) is about it.\n\n");
        options.Append(page, new WorkerOptions());

        page.Append("## Log\n\nThe messages of a worker, on the standard error.\n\n");
        options.Append(page, new LogOptions());

        page.Append("## Kafka\n\nSettings of the client, as librdkafka names them: `Kafka:NAME` counts for consumers and producers, `Kafka:Consumer:NAME` and `Kafka:Producer:NAME` for these alone. In an "
            + "environment variable a dot is an underscore. `Kafka:AllowInsecureTls` (default false) allows settings by which certificates are not checked. What is read, and how, is `Source:Kafka`; "
            + "examples are in [operations.md](operations.md).\n\n");

        AppendComponents(page, options, "Detectors", "`streaming detect DETECTOR --set Option=Value` runs one over numbers on the standard input.", DetectorCatalogue.All);
        AppendComponents(page, options, "Sketches", "`streaming sketch KIND --set Option=Value` runs one over keys on the standard input.", SketchCatalogue.All);
        AppendExitCodes(page, docs);
        return page.ToString();
    }

    private static void AppendRejections(StringBuilder page, XmlDocs docs)
    {
        page.Append("A record that is not taken is counted by its reason (`rejected_by_reason` in the summary, `reason` in the dead letters):\n\n");
        foreach (RejectionReason reason in Enum.GetValues<RejectionReason>().Where(r => r != RejectionReason.None))
            page.Append($"- `{reason.Label()}`: {docs.Of(typeof(RejectionReason).GetField(reason.ToString())!)}\n");
        page.Append('\n');
    }

    private static void AppendGenerators(StringBuilder page, OptionTable options)
    {
        page.Append($"### Generators\n\n`Source:Synthetic` names a generator by its `Type` (default `{GeneratorCatalogue.Default.Name}`) and has the options of that generator: "
            + "`\"Synthetic\": { \"Type\": \"ratings\", \"Events\": 1000 }`.\n`streaming generate TYPE --set Option=Value` writes the same log to a file. An option that is a list takes one "
            + "value as it is, or several by their places: `DriftAt:0=0.3`, `DriftAt:1=0.6`.\n\n");
        foreach (GeneratorType generator in GeneratorCatalogue.All)
        {
            page.Append($"#### `{generator.Name}` (generators)\n\n{Sentence(generator.Summary)}\n\n");
            GeneratorType? simpler = GeneratorCatalogue.All.FirstOrDefault(g => generator.OptionsType.IsSubclassOf(g.OptionsType));
            if (simpler is not null) page.Append($"It has the options of [`{simpler.Name}`](#{simpler.Name}-generators), and:\n\n");
            options.Append(page, generator.NewOptions(), simpler is null ? [] : OptionTable.Names(simpler.NewOptions()));
        }
    }

    private static void AppendStage(StringBuilder page, OptionTable options, StageType stage)
    {
        page.Append($"#### `{stage.Name}`\n\n{Sentence(stage.Summary)}\n\n");
        options.Append(page, stage.NewOptions());
        page.Append("| Column | Type | Meaning |\n|---|---|---|\n");
        foreach (ColumnDefinition column in stage.Columns)
            page.Append($"| `{column.Name}{(column.IsFamily ? "N" : "")}` | {column.Type.ToString().ToLowerInvariant()} | {Sentence(column.Meaning)} |\n");
        page.Append('\n');
    }

    private static void AppendComponents<T>(StringBuilder page, OptionTable options, string title, string use, IReadOnlyList<ComponentType<T>> catalogue)
    {
        page.Append($"## {title}\n\n{use}\n\n");
        foreach (ComponentType<T> component in catalogue)
        {
            page.Append($"### `{component.Name}` ({title.ToLowerInvariant()})\n\n{Sentence(component.Summary)}\n\n");
            // A stage of the same name has the component's options and a few of its own: no need to say everything twice.
            StageType? stage = StageCatalogue.All.FirstOrDefault(s => s.Name == component.Name && s.OptionsType.IsSubclassOf(component.OptionsType));
            if (stage is null)
            {
                options.Append(page, component.NewOptions());
                continue;
            }

            IEnumerable<string> more = OptionTable.Names(stage.NewOptions()).Except(OptionTable.Names(component.NewOptions()), StringComparer.Ordinal);
            page.Append($"Its options are those of the stage [`{stage.Name}`](#{stage.Name}) without {string.Join(", ", more.Select(m => $"`{m}`"))}.\n\n");
        }
    }

    private static void AppendExitCodes(StringBuilder page, XmlDocs docs)
    {
        page.Append("## Exit codes\n\n| Code | Meaning |\n|---|---|\n");
        foreach (FieldInfo code in typeof(ExitCodes).GetFields().OrderBy(f => (int)f.GetRawConstantValue()!)) page.Append($"| {code.GetRawConstantValue()} | {docs.Of(code)} |\n");
    }

    private static string Sentence(string text)
    {
        string escaped = text.Replace("|", @"\|", StringComparison.Ordinal);
        return escaped.EndsWith('.') ? escaped : escaped + ".";
    }
}
