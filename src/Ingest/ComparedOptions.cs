using System.Globalization;
using System.Text;
using Streaming.Abstractions.Keys;

namespace Streaming.Ingest;

/// <summary>
/// The options of a source that decide what its records become and in which order: a resume compares them, for with others it would go on with another stream.
/// Those of the join that shape its state are compared there.
/// </summary>
internal static class ComparedOptions
{
    private static readonly (string Name, Func<SourceOptions, object?> Value)[] Intake =
    [
        (nameof(SourceOptions.Range), o => o.Range),
        (nameof(SourceOptions.RewardRange), o => o.RewardRange),
        (nameof(SourceOptions.MinimumValue), o => o.MinimumValue),
        ("Join:MaxBytes", o => o.Join.MaxBytes),
    ];

    private static readonly (string Name, Func<SourceOptions, object?> Value)[] Log =
    [
        (nameof(SourceOptions.Order), o => o.Order),
        (nameof(SourceOptions.Format), o => o.Format),
        (nameof(SourceOptions.Columns), o => o.Columns),
        (nameof(SourceOptions.Header), o => o.Header),
        (nameof(SourceOptions.Separator), o => o.Separator),
        (nameof(SourceOptions.Actions), o => o.Actions),
        (nameof(SourceOptions.MaxLineBytes), o => o.MaxLineBytes),
        .. Intake,
    ];

    private static readonly (string Name, Func<SourceOptions, object?> Value)[] Messages =
    [
        ("Kafka:Topics", o => string.Join(',', o.Kafka.Topics)),
        (nameof(SourceOptions.Format), o => o.Format ?? Formats.FormatCatalogue.OfMessages),
        (nameof(SourceOptions.MaxLineBytes), o => o.MaxLineBytes),
        .. Intake,
    ];

    /// <summary>Names of those of a log in files.</summary>
    public static string LogNames { get; } = NamesOf(Log) + ", in the order of time the list Privacy:Forgotten";

    /// <summary>Names of those of records that no file holds.</summary>
    public static string IntakeNames { get; } = NamesOf(Intake);

    /// <summary>A hash of the options of a log in files; in time order, where what is filtered comes first, of the list of forgotten users too.</summary>
    public static ulong HashOfLog(SourceOptions options) => Hash(Log, options) ^ (options.Order == LogOrder.Time ? options.Privacy.Digest : 0);

    /// <summary>A hash of the options of records that no file holds.</summary>
    public static ulong HashOfIntake(SourceOptions options) => Hash(Intake, options);

    /// <summary>Names of those of topics.</summary>
    public static string TopicNames { get; } = NamesOf(Messages);

    /// <summary>A hash of the options of topics.</summary>
    public static ulong HashOfTopics(SourceOptions options) => Hash(Messages, options);

    private static string NamesOf((string Name, Func<SourceOptions, object?>)[] compared) => string.Join(", ", compared.Select(c => $"Source:{c.Name}"));

    private static ulong Hash((string, Func<SourceOptions, object?> Value)[] compared, SourceOptions options)
    {
        StringBuilder text = new();
        foreach ((_, Func<SourceOptions, object?> value) in compared) text.Append(CultureInfo.InvariantCulture, $"{value(options)}\n");
        return XxHash64.Hash(Encoding.UTF8.GetBytes(text.ToString()), 1);
    }
}
