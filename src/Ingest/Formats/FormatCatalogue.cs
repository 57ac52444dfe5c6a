using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>The formats that exist: what is not listed here does not.</summary>
public static class FormatCatalogue
{
    /// <summary>The lines, in the order in which people are shown them.</summary>
    public static IReadOnlyList<FormatType> All { get; } =
    [
        new("movielens", "ratings: user, item, rating, Unix seconds; by '::', tab, or comma with header", o => new MovieLensFormat(o.Header)),
        new("csv", "interactions in columns (Source:Columns, or the header's names); separator is detected", o => Separated("csv", o, null)),
        new("tsv", "the same, separated by tabs", o => Separated("tsv", o, (byte)'\t')),
        new("jsonl", "interactions, decisions (actions, chosen, propensity, reward) and late rewards, one JSON object a line", _ => new JsonlFormat()),
        new("obd", "decisions of the Open Bandit Dataset: a csv with item_id, click, propensity_score and affinities", _ => new ObdFormat()),
        new("dsjson", "decisions and late rewards of a decision service, as Vowpal Wabbit's --dsjson reads them", _ => new DsjsonFormat()),
        new("cloudevents", "CloudEvents 1.0, structured, one a line, with a record of jsonl as data, or of dsjson where the type ends with .dsjson", _ => new CloudEventsFormat()),
        new("vw", "decisions in Vowpal Wabbit's text: cb_adf in paragraphs, or cb in lines with Source:Actions=K", o => new VwFormat(o.Actions)),
    ];

    /// <summary>Name of the format of messages that nothing is said of.</summary>
    public const string OfMessages = "jsonl";

    /// <summary>Names of the formats of messages: a record is one JSON object.</summary>
    public static IReadOnlyList<string> OfEachMessage { get; } = [OfMessages, "dsjson", "cloudevents"];

    /// <summary>The line of this name; null if there is none.</summary>
    public static FormatType? Find(string name) => All.FirstOrDefault(f => f.Name == name);

    /// <summary>A format of columns; <paramref name="separator"/> is what the options may replace, null to detect it.</summary>
    internal static IEventFormat Separated(string name, SourceOptions options, byte? separator)
    {
        if (options.Separator is not null && Separators.TryParse(options.Separator, out byte given)) separator = given;
        return new SeparatedFormat(name, options.Columns, options.Header, separator);
    }
}
