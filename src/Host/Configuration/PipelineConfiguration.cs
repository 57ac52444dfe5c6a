using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Streaming.Abstractions.Kafka;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Host.Graph;
using Streaming.Host.Observability;
using Streaming.Host.Snapshots;
using Streaming.Host.Worker;
using Streaming.Ingest;
using Streaming.Ingest.Items;
using Streaming.Ingest.Synthetic;
using Streaming.Sinks;
using Streaming.Sinks.DeadLetter;
using Streaming.Sinks.Jsonl;

namespace Streaming.Host.Configuration;

/// <summary>A pipeline, read and found good: everything that a run needs to be built.</summary>
internal sealed class PipelineConfiguration
{
    private static readonly string[] Roots = ["Source", "Stages", "Sinks", "Snapshots", "Privacy", "Http", "Worker", "Kafka", "Log"];

    public required SourceOptions Source { get; init; }

    public required SnapshotOptions Snapshots { get; init; }

    public required PrivacyOptions Privacy { get; init; }

    public required HttpOptions Http { get; init; }

    public required WorkerOptions Worker { get; init; }

    public required LogOptions Log { get; init; }

    /// <summary>Whether a worker serves views across its shards: without somebody to ask for them nothing is published for them either.</summary>
    public bool ServesViews => Http.Prometheus && Worker.ViewEvery > 0;

    public required KafkaSettings Kafka { get; init; }

    public required IReadOnlyList<SinkConfiguration> Sinks { get; init; }

    public required GraphPlan Plan { get; init; }

    /// <summary>The file of items, read; null where the source names none.</summary>
    public required ItemListing? Items { get; init; }

    /// <summary>Reads the layers, and reports everything that is wrong with them at once; then the file of items.</summary>
    /// <exception cref="ConfigurationException">There are mistakes.</exception>
    /// <exception cref="SourceException">The file of items cannot be read.</exception>
    /// <exception cref="BadRecordsException">Too much of it is bad.</exception>
    public static PipelineConfiguration Load(ConfigurationLayers layers)
    {
        IConfigurationRoot root = layers.Build();
        List<ConfigurationMistake> mistakes = [];
        StrictBinder binder = new(mistakes);
        foreach (IConfigurationSection section in root.GetChildren().Where(s => !Roots.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
            mistakes.Add(new ConfigurationMistake(section.Key, StrictBinder.Unknown(section.Key, Roots)));

        SourceOptions source = SourceOf(root, layers, binder, mistakes);
        SnapshotOptions snapshots = new();
        binder.Bind(root.GetSection("Snapshots"), snapshots);
        PrivacyOptions privacy = PrivacyOf(root, binder);
        HttpOptions http = new();
        binder.Bind(root.GetSection("Http"), http);
        WorkerOptions worker = new();
        binder.Bind(root.GetSection("Worker"), worker);
        LogOptions log = new();
        binder.Bind(root.GetSection("Log"), log);
        KafkaSettings kafka = KafkaSection.Read(root.GetSection("Kafka"), mistakes);
        List<StageConfiguration> stages = StagesOf(root, binder, mistakes);
        List<SinkConfiguration> sinks = SinksOf(root, binder, mistakes);
        if (layers.DeadLetters is not null && !sinks.Any(s => s.Options is DeadLetterSinkOptions))
            sinks.Add(new SinkConfiguration("dead-letters", SinkCatalogue.All.Single(t => t.OptionsType == typeof(DeadLetterSinkOptions)), new DeadLetterSinkOptions { File = layers.DeadLetters }));
        foreach (string id in stages.Select(s => s.Id).Intersect(sinks.Select(s => s.Id), StringComparer.OrdinalIgnoreCase))
            mistakes.Add(new ConfigurationMistake($"Sinks:{id}", "is also the id of a stage; ids name sections of a snapshot and must differ"));

        if (sinks.Any(s => s.Type.ReadsColumns))
        {
            foreach (string id in stages.Select(s => s.Id).Intersect(EventsSink.ReservedNames, StringComparer.Ordinal))
                mistakes.Add(new ConfigurationMistake($"Stages:{id}", "is the name of a field of every event's line in the output of the events: give the stage another id"));
        }

        SourceRules.Check(source, kafka, snapshots, sinks, mistakes);
        mistakes.AddRange(privacy.MistakesWith(sinks));
        Keep(privacy, source, mistakes);
        FileCollisions.Check(source, sinks, layers.Outputs, mistakes);
        mistakes.AddRange(stages.Where(s => s.Type.NeedsItems && string.IsNullOrEmpty(source.Items))
            .Select(s => new ConfigurationMistake("Source:Items", $"is missing: the stage '{s.Id}' of type {s.Type.Name} goes by the features of items; name the file that lists them")));
        ItemListing? items = mistakes.Count == 0 ? ItemFile.Read(source, privacy.NamelessCodec(source.Seed)) : null;
        GraphPlan? plan = PlanBuilder.Build(
            stages,
            new PlanBuilder.Frame(
                source.Describe(),
                source.Seed,
                source.ToValueRange(),
                source.BatchSize,
                source.EstimateBytes(),
                [.. sinks.Select(s => (s.Id, s.Type.Name))],
                [.. sinks.Where(s => s.Type.ReadsColumns).Select(s => s.Id)],
                items?.Catalogue ?? ItemCatalogue.Empty),
            mistakes);
        if (mistakes.Count > 0) throw new ConfigurationException(mistakes);
        return new PipelineConfiguration
        {
            Source = source,
            Snapshots = snapshots,
            Privacy = privacy,
            Http = http,
            Worker = worker,
            Log = log,
            Kafka = kafka,
            Sinks = sinks,
            Plan = plan!,
            Items = items,
        };
    }

    /// <summary>Reads what the layers say of the source and of privacy, and of nothing else.</summary>
    /// <exception cref="ConfigurationException">There are mistakes.</exception>
    public static (SourceOptions Source, PrivacyOptions Privacy) LoadSource(ConfigurationLayers layers)
    {
        List<ConfigurationMistake> mistakes = [];
        IConfigurationRoot root = layers.Build();
        StrictBinder binder = new(mistakes);
        SourceOptions source = SourceOf(root, layers, binder, mistakes);
        PrivacyOptions privacy = PrivacyOf(root, binder);
        Keep(privacy, source, mistakes);
        return mistakes.Count == 0 ? (source, privacy) : throw new ConfigurationException(mistakes);
    }

    private static PrivacyOptions PrivacyOf(IConfigurationRoot root, StrictBinder binder)
    {
        PrivacyOptions privacy = new();
        binder.Bind(root.GetSection("Privacy"), privacy);
        return privacy;
    }

    private static void Keep(PrivacyOptions privacy, SourceOptions source, List<ConfigurationMistake> mistakes)
    {
        try
        {
            source.Keep(privacy.Rules());
        }
        catch (ConfigurationException e)
        {
            mistakes.AddRange(e.Mistakes);
        }
    }

    private static SourceOptions SourceOf(IConfigurationRoot root, ConfigurationLayers layers, StrictBinder binder, List<ConfigurationMistake> mistakes)
    {
        SourceOptions source = new();
        binder.Bind(root.GetSection("Source"), source, nameof(SourceOptions.Synthetic));
        source.Synthetic = SyntheticOf(root.GetSection("Source").GetSection(nameof(SourceOptions.Synthetic)), binder, mistakes);
        if (layers.Logs.Count > 0) (source.Type, source.Paths) = (SourceKind.File, [.. layers.Logs]);
        else if (source.Type == SourceKind.File && source.Paths.Count == 0 && root["Source:Type"] is null) source.Type = SourceKind.Synthetic; // the embedded sample
        else if (source.Type == SourceKind.File && source.Paths.Count == 0) mistakes.Add(new ConfigurationMistake("Source:Paths", "is missing: name a log, or leave Source:Type out for the embedded sample"));
        return source;
    }

    private static SyntheticOptions SyntheticOf(IConfigurationSection section, StrictBinder binder, List<ConfigurationMistake> mistakes)
    {
        if (section.Value is { Length: > 0 } text) mistakes.Add(new ConfigurationMistake(section.Path, $"found '{text}', but this is a group of options"));
        string name = section["Type"] is { Length: > 0 } given ? given : GeneratorCatalogue.Default.Name;
        if (GeneratorCatalogue.Find(name) is not { } type)
        {
            mistakes.Add(new ConfigurationMistake($"{section.Path}:Type", StrictBinder.Unknown(name, GeneratorCatalogue.All.Select(g => g.Name))));
            return new SyntheticOptions(GeneratorCatalogue.Default);
        }

        SyntheticOptions synthetic = new(type);
        binder.Bind(section, synthetic.Generator, "Type");
        return synthetic;
    }

    private static List<StageConfiguration> StagesOf(IConfigurationRoot root, StrictBinder binder, List<ConfigurationMistake> mistakes)
    {
        List<StageConfiguration> stages = [];
        foreach (IConfigurationSection child in root.GetSection("Stages").GetChildren())
        {
            StageType? type = TypeOf(child, StageCatalogue.All, t => t.Name, mistakes);
            if (type is null) continue;
            object options = type.NewOptions();
            binder.Bind(child, options, "Type", "After");
            IConfigurationSection after = child.GetSection("After");
            string[] names = after.Value is { } text
                ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : [.. after.GetChildren().Select(c => c.Value ?? "")];
            stages.Add(new StageConfiguration(IdOf(root, "Stages", child.Key), type, options, names));
        }

        return stages;
    }

    private static List<SinkConfiguration> SinksOf(IConfigurationRoot root, StrictBinder binder, List<ConfigurationMistake> mistakes)
    {
        List<SinkConfiguration> sinks = [];
        foreach (IConfigurationSection child in root.GetSection("Sinks").GetChildren())
        {
            SinkType? type = TypeOf(child, SinkCatalogue.All, t => t.Name, mistakes);
            if (type is null) continue;
            object options = type.NewOptions();
            binder.Bind(child, options, "Type");
            sinks.Add(new SinkConfiguration(IdOf(root, "Sinks", child.Key), type, options));
        }

        return sinks;
    }

    /// <summary>
    /// Configuration keys ignore case, but ids name columns: the weakest layer that has one says how it is written, so that an environment variable
    /// in capitals means the stage of the file.
    /// </summary>
    private static string IdOf(IConfigurationRoot root, string section, string key) =>
        root.Providers.SelectMany(p => p.GetChildKeys([], section)).First(k => k.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static T? TypeOf<T>(IConfigurationSection section, IReadOnlyList<T> catalogue, Func<T, string> name, List<ConfigurationMistake> mistakes)
        where T : class
    {
        if (section.Key.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            mistakes.Add(new ConfigurationMistake(section.Path, "an id has letters, digits, - and _ only: it names columns and sections of snapshots"));
            return null;
        }

        string? wanted = section["Type"];
        T? type = catalogue.FirstOrDefault(t => string.Equals(name(t), wanted, StringComparison.OrdinalIgnoreCase));
        if (type is null)
        {
            mistakes.Add(string.IsNullOrEmpty(wanted)
                ? new ConfigurationMistake(section.Path, $"has no Type; types are {string.Join(", ", catalogue.Select(name))}")
                : new ConfigurationMistake($"{section.Path}:Type", StrictBinder.Unknown(wanted, catalogue.Select(name))));
        }

        return type;
    }
}
