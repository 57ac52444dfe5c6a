using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Items;

/// <summary>The formats of a file of items. A format is told by the content, as that of a log is: it is taken if more than half of the first lines have its form.</summary>
internal static class ItemFormats
{
    private const int SampleLines = 100;

    /// <summary>Their names, in the order in which people are shown them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["movielens", "csv", "tsv", "jsonl"];

    /// <summary>The format that the options name, or else that of a file that begins with <paramref name="sample"/>.</summary>
    /// <exception cref="SourceException">It is not recognized.</exception>
    public static IItemFormat Create(SourceOptions options, ReadOnlySpan<byte> sample, string path)
    {
        byte separator = Separators.Guess(sample);
        return (options.ItemFormat ?? Detect(options, sample, separator, path)) switch
        {
            "movielens" => new MovieItemFormat(),
            "jsonl" => new JsonItemFormat(),
            "tsv" => new SeparatedItemFormat("tsv", options.ItemColumns, (byte)'\t'),
            _ => new SeparatedItemFormat("csv", options.ItemColumns, separator == 0 ? (byte)',' : separator),
        };
    }

    private static string Detect(SourceOptions options, ReadOnlySpan<byte> sample, byte separator, string path)
    {
        if (options.ItemColumns is not null) return "csv";
        int lines = 0, objects = 0, colons = 0;
        foreach (System.Range range in sample.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = sample[range].TrimEnd((byte)'\r');
            if (line.IsEmpty) continue;
            if (lines == 0 && Ascii.Is(line, MovieItemFormat.HeaderRow)) return "movielens";
            if (line.TrimStart(" \t"u8) is [(byte)'{', ..]) objects++;
            if (line.Count("::"u8) >= 2) colons++;
            if (++lines == SampleLines) break;
        }

        if (2 * objects > lines) return "jsonl";
        if (2 * colons > lines) return "movielens";
        if (lines == 0 || separator != 0) return "csv";
        throw new SourceException($"{path}: the format of the items is not recognized. Tried movielens: neither the header {MovieItemFormat.HeaderRow} nor rows of item::title::genres; jsonl: no lines with an object; "
            + "csv: the first line has none of , ; tab |. Name it with --set Source:ItemFormat=csv and Source:ItemColumns.");
    }
}
