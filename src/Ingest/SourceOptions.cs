using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Streaming.Abstractions.Stages;
using Streaming.Ingest.Files;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Items;
using Streaming.Ingest.Joining;
using Streaming.Ingest.Kafka;
using Streaming.Ingest.Privacy;
using Streaming.Ingest.Synthetic;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Ingest;

/// <summary>Where events come from and which of them are taken: the root <c>Source</c> of the configuration.</summary>
public sealed class SourceOptions : IValidatableOptions
{
    /// <summary>Bytes an interaction takes while it is held to be sorted by time, context values excepted.</summary>
    public const int BytesPerSortedEvent = 80;

    private PrivacyRules _privacy = PrivacyRules.None;

    /// <summary><c>file</c> (default), <c>synthetic</c>, <c>kafka</c> or <c>http</c>.</summary>
    public SourceKind Type { get; set; }

    /// <summary>Files read as one log, in this order: paths (of pipes, too), globs (expanded in ordinal order), <c>-</c> for the standard input. Default: none.</summary>
    public List<string> Paths { get; set; } = [];

    /// <summary>
    /// Name of the format (<c>streaming list formats</c>); default: told by the log's content. Of <c>kafka</c> one of <c>jsonl</c> (default), <c>dsjson</c>, <c>cloudevents</c>: a message is a
    /// line.
    /// </summary>
    public string? Format { get; set; }

    /// <summary>
    /// What the columns of a csv are: <c>user</c>, <c>item</c>, <c>value</c>, <c>ts</c> in any order, <c>-</c> to skip one; any other name makes the
    /// column a context value. Default: by the header's names, else <c>user,item,value,ts</c>.
    /// </summary>
    public string? Columns { get; set; }

    /// <summary>Whether the first row of a csv, tsv or movielens log is a header. Default: told by whether its value and time can be read.</summary>
    public bool? Header { get; set; }

    /// <summary>Between the fields of a csv: one ASCII character or <c>tab</c>. Default: tab for tsv, else the likeliest of <c>, ; tab |</c>.</summary>
    public string? Separator { get; set; }

    /// <summary>
    /// Number of actions of a log whose records do not list them, 1 to 10,000: of <c>vw</c> with one line a decision (<c>cb</c>). Default: the records list
    /// them.
    /// </summary>
    [Range(1, DecisionLimits.MaxActions)]
    public int? Actions { get; set; }

    /// <summary>
    /// <c>time</c> (default) sorts stably by event time, in memory; <c>file</c> streams in the order of the files, in constant memory: a late reward then counts
    /// only if no record before it is later than its decision's window, so one wrong time far ahead closes all windows.
    /// </summary>
    public LogOrder Order { get; set; }

    /// <summary>
    /// Range that the values of interactions lie in, as <c>LOW..HIGH</c>, both included; an interaction with a value outside is rejected. Default: unbounded.
    /// </summary>
    public string? Range { get; set; }

    /// <summary>
    /// Range that rewards lie in, as <c>LOW..HIGH</c>, both included: those of decisions, late ones, and with full information each action's. A record with
    /// a reward outside is rejected. Default: unbounded.
    /// </summary>
    public string? RewardRange { get; set; }

    /// <summary>
    /// Only interactions with at least this value enter the stream; the others, and those without a value, are filtered. Decisions and late rewards always
    /// enter. Default: all enter.
    /// </summary>
    public double? MinimumValue { get; set; }

    /// <summary>Share of the records that may be bad, 0 to 1; default 0.01. A log with more ends the run: 0 insists on a clean log, 1 takes any.</summary>
    [Range(0.0, 1.0)]
    public double MaxBadRatio { get; set; } = 0.01;

    /// <summary>Events a batch, 1 to 65,536; default 1,024. Never changes a result: more is faster up to about a thousand, and takes more memory.</summary>
    [Range(1, 65536)]
    public int BatchSize { get; set; } = 1024;

    /// <summary>Longest line taken, in bytes, 1 KiB to 1 GiB; default 1 MiB. A longer one is a bad record and is passed over in constant memory.</summary>
    [Range(1024, 1 << 30)]
    public int MaxLineBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Most events held to sort them by time, 1 to 2,000,000,000; default 20,000,000. An event takes 56 bytes, 24 more while sorting; one
    /// with a context or a decision more (<see cref="SortBytes"/>). A log with more is refused.
    /// </summary>
    [Range(1, 2_000_000_000)]
    public int SortCapacity { get; set; } = 20_000_000;

    /// <summary>
    /// Most bytes of contexts and decisions held to sort them by time, 1 MiB to 16 TiB; default 4 GiB. One takes about 100, and 12 for each of its features and actions.
    /// A log with more is refused.
    /// </summary>
    [Range(1L << 20, 1L << 44)]
    public long SortBytes { get; set; } = 4L << 30;

    /// <summary>Most records read in all; default: no limit. In time order: the first so many events by time.</summary>
    [Range(0L, long.MaxValue)]
    public long? Limit { get; set; }

    /// <summary>
    /// A file of the items, plain or gzip, read at the start: what they are called, their features, and when they may be offered. Models that go by features need it, and items that are not yet born
    /// or have expired are recommended by none. Items that it does not list have no features and are always offered. Default: none.
    /// </summary>
    public string? Items { get; set; }

    /// <summary>
    /// Format of the file of items: <c>movielens</c> (<c>movies.csv</c>, <c>movies.dat</c>: features <c>genres=...</c> and, of a title's year, <c>decade=...</c>), <c>csv</c>, <c>tsv</c> or
    /// <c>jsonl</c>. Default: told by its content.
    /// </summary>
    public string? ItemFormat { get; set; }

    /// <summary>
    /// What the columns of a csv of items are: <c>item</c>, and <c>title</c>, <c>born</c>, <c>expires</c>, <c>-</c> to skip one; any other name makes the column a feature: a list where its text has a bar,
    /// else a number or a category as in a log's context. <c>name:number</c>, <c>name:category</c> and <c>name:list</c> say which. Default: by the header's names.
    /// </summary>
    public string? ItemColumns { get; set; }

    /// <summary>Most items listed, 1 to 2^26; default 1,048,576. An item takes 64 bytes, its title, and 16 for each feature. A file with more is refused.</summary>
    [Range(1, 1 << 26)]
    public int ItemCapacity { get; set; } = 1 << 20;

    /// <summary>How decisions find the rewards that come later.</summary>
    public JoinOptions Join { get; set; } = new();

    /// <summary>Seed of the keys, and of everything that is drawn in the pipeline; default 42. The same seed and log give the same numbers.</summary>
    public ulong Seed { get; set; } = 42;

    /// <summary>The generator and its options, for <c>Type=synthetic</c>: a component of its own (<see cref="GeneratorCatalogue"/>), default <c>recsys</c>.</summary>
    public SyntheticOptions Synthetic { get; set; } = new(GeneratorCatalogue.Default);

    /// <summary>What of Kafka is read, for <c>Type=kafka</c>.</summary>
    public KafkaSourceOptions Kafka { get; set; } = new();

    /// <summary>Where events sent to this process are kept before they count, for <c>Type=http</c>.</summary>
    public WriteAheadOptions WriteAhead { get; set; } = new();

    /// <summary>The rules of privacy, from a root of their own.</summary>
    public PrivacyRules Privacy => _privacy;

    /// <summary>Has the source keep <paramref name="rules"/>. To be called before it is made.</summary>
    public void Keep(PrivacyRules rules) => _privacy = rules;

    /// <summary><see cref="Range"/> in numbers; unbounded if it is not given. To be called on valid options.</summary>
    public ValueRange ToValueRange() => Range is not null && TryParseRange(Range, out ValueRange range) ? range : ValueRange.Unbounded;

    /// <summary><see cref="RewardRange"/> in numbers; unbounded if it is not given. To be called on valid options.</summary>
    public ValueRange ToRewardRange() => RewardRange is not null && TryParseRange(RewardRange, out ValueRange range) ? range : ValueRange.Unbounded;

    /// <summary>Names the source in rows and messages.</summary>
    public string Name => Type switch
    {
        SourceKind.File => string.Join(",", Paths),
        SourceKind.Kafka => string.Join(",", Kafka.Topics),
        _ => Type.ToString().ToLowerInvariant(),
    };

    /// <summary>The names of the source's topics, in their order; empty for sources without topics.</summary>
    public IReadOnlyList<string> Topics => Type == SourceKind.Kafka ? Kafka.Topics : [];

    /// <summary>One line on where the events come from, for people.</summary>
    public string Describe()
    {
        if (Type == SourceKind.Synthetic) return $"synthetic: {Synthetic.Generator.Events:N0} generated {Synthetic.Type.What}";
        if (Type == SourceKind.Kafka) return $"kafka: {string.Join(", ", Kafka.Topics)} as {Format ?? FormatCatalogue.OfMessages}, in the order of each partition";
        if (Type == SourceKind.Http) return $"http: events sent to this process, kept in {WriteAhead.Directory}";
        string what = string.Join(", ", Paths) + (Format is null ? "" : $" as {Format}");
        return $"{what}, in the order of {(Order == LogOrder.Time ? "time" : "the files")}";
    }

    /// <summary>
    /// Most bytes the source takes beside its batches: the join, the read buffer and the longest line, and with <c>http</c> what waits for the disk. In time order the log comes on top, of
    /// <see cref="BytesPerSortedEvent"/> an event; how long it is, only reading it tells. Of Kafka: what one shard takes.
    /// </summary>
    public long EstimateBytes() => Join.MaxBytes + Type switch
    {
        SourceKind.Synthetic => Synthetic.Generator.EstimateBytes(),
        SourceKind.Kafka => Kafka.QueueBytes + (2L * MaxLineBytes),
        SourceKind.Http => (1L << 20) + MaxLineBytes + (2L * WriteAheadLog.MaxPendingBytes),
        _ => (1L << 20) + MaxLineBytes,
    };

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Format is not null && FormatCatalogue.Find(Format) is null)
            yield return (nameof(Format), $"found '{Format}'; the formats are {string.Join(", ", FormatCatalogue.All.Select(f => f.Name))}");
        if (Columns is not null && ColumnMap.Mistake(Columns) is string mistake) yield return (nameof(Columns), mistake);
        if (Separator is not null && !Separators.TryParse(Separator, out _))
            yield return (nameof(Separator), $"found '{Separator}'; one ASCII character (not a quote or a line end) or 'tab' is allowed");
        if (Format is not (null or "csv" or "tsv") && FormatCatalogue.Find(Format) is not null)
        {
            if (Columns is not null) yield return (nameof(Columns), $"found '{Columns}', but the format {Format} has fixed fields; use csv or tsv");
            if (Separator is not null) yield return (nameof(Separator), $"found '{Separator}', but the format {Format} has its own; use csv or tsv");
            if (Header is not null && Format != "movielens") yield return (nameof(Header), $"found {Header}, but with the format {Format} nothing is to be said: use csv, tsv or movielens");
        }

        if (Range is not null && !TryParseRange(Range, out _))
            yield return (nameof(Range), $"found '{Range}'; LOW..HIGH with LOW below HIGH is needed, as in 0.5..5");
        if (RewardRange is not null && !TryParseRange(RewardRange, out _))
            yield return (nameof(RewardRange), $"found '{RewardRange}'; LOW..HIGH with LOW below HIGH is needed, as in 0..1");
        if (Actions is not null && Format is not (null or "vw"))
            yield return (nameof(Actions), $"found {Actions}, but the format {Format} lists its actions; only vw, with one line a decision, takes their number");
        if (Actions is not null && (Columns ?? Separator) is not null)
            yield return (nameof(Actions), $"found {Actions}, which is for vw, but Columns and Separator are for csv; leave one of them out");
        if (Type == SourceKind.Http && string.IsNullOrEmpty(WriteAhead.Directory))
            yield return ($"{nameof(WriteAhead)}:{nameof(WriteAheadOptions.Directory)}", "is missing: Source:Type=http needs the folder of its write-ahead log");
        if (Type == SourceKind.Http && Format is not (null or "jsonl" or "dsjson"))
            yield return (nameof(Format), $"found '{Format}'; with Source:Type=http records are JSON lines: jsonl or dsjson");
        foreach ((string, string) broken in OfItems()) yield return broken;
        if (MinimumValue is double minimum && !double.IsFinite(minimum)) yield return (nameof(MinimumValue), $"found {minimum}; a finite number is needed");
        foreach ((string, string) broken in Type == SourceKind.Kafka ? OfKafka() : []) yield return broken;
    }

    private IEnumerable<(string Option, string Message)> OfItems()
    {
        if (Items == FileSet.StandardInput) yield return (nameof(Items), "found '-', but the items are read from a file: the standard input is for a log");
        if (ItemFormat is not null && !ItemFormats.Names.Contains(ItemFormat)) yield return (nameof(ItemFormat), $"found '{ItemFormat}'; the formats of items are {string.Join(", ", ItemFormats.Names)}");
        if (ItemColumns is not null && ItemColumnMap.Mistake(ItemColumns) is string mistake) yield return (nameof(ItemColumns), mistake);
        if (ItemColumns is not null && ItemFormat is ("movielens" or "jsonl")) yield return (nameof(ItemColumns), $"found '{ItemColumns}', but the format {ItemFormat} has fixed fields; use csv or tsv");
        if (string.IsNullOrEmpty(Items) && (ItemFormat ?? ItemColumns) is string given)
            yield return (nameof(Items), $"is missing, but '{given}' says how it is to be read: name the file, or leave ItemFormat and ItemColumns out");
    }

    private IEnumerable<(string Option, string Message)> OfKafka()
    {
        foreach ((string, string) mistake in Kafka.Validate()) yield return mistake;
        if (Paths.Count > 0) yield return (nameof(Paths), $"found '{Paths[0]}', but what is read of Kafka are Source:Kafka:Topics");
        if (Format is not null && FormatCatalogue.Find(Format) is not null && !FormatCatalogue.OfEachMessage.Contains(Format))
            yield return (nameof(Format), $"found '{Format}'; a message is one of {string.Join(", ", FormatCatalogue.OfEachMessage)}");
    }

    private static bool TryParseRange(string text, out ValueRange range)
    {
        range = ValueRange.Unbounded;
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0) return false;
        const NumberStyles Style = NumberStyles.Float;
        if (!double.TryParse(text.AsSpan(0, dots), Style, CultureInfo.InvariantCulture, out double low)) return false;
        if (!double.TryParse(text.AsSpan(dots + 2), Style, CultureInfo.InvariantCulture, out double high)) return false;
        range = new ValueRange(low, high);
        return double.IsFinite(low) && double.IsFinite(high) && low < high;
    }
}
