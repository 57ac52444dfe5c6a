using System.Text;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Tells a log's format by its content: a form is taken if more than half of the first lines have it. <c>Source:Format</c> wins over everything,
/// <c>Source:Columns</c> and <c>Source:Separator</c> mean a csv, <c>Source:Actions</c> means vw.
/// </summary>
public static class FormatDetector
{
    /// <summary>Bytes that are worth looking at.</summary>
    public const int SampleBytes = 64 * 1024;

    private const int SampleLines = 100;

    /// <summary>The format of a log that begins with <paramref name="firstBytes"/>.</summary>
    /// <param name="firstBytes">Its beginning, at least <see cref="SampleBytes"/> unless the log is shorter; may end inside a line.</param>
    /// <param name="fileName">For the message.</param>
    /// <param name="options">The source's options, valid.</param>
    public static Detection Detect(ReadOnlySpan<byte> firstBytes, string fileName, SourceOptions options)
    {
        if (options.Format is not null) return new Detection(FormatCatalogue.Find(options.Format)!.Create(options), null);
        ReadOnlySpan<byte> sample = Sample(firstBytes);
        if (options.Columns is not null || options.Separator is not null)
            return new Detection(FormatCatalogue.Separated("csv", options, Separators.Guess(sample) is byte found and not 0 ? found : (byte)','), null);
        if (options.Actions is not null) return new Detection(new VwFormat(options.Actions), null);
        int lines = 0, objects = 0, services = 0, colons = 0, tabs = 0, bars = 0, labels = 0, further = 0, clouds = 0;
        bool header = false, openBandit = false, labelled = false, shared = false;
        foreach (System.Range range in sample.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = sample[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
            {
                labelled = false; // a paragraph ends
                continue;
            }

            header |= lines == 0 && Ascii.Is(line, MovieLensFormat.HeaderRow);
            openBandit |= lines == 0 && ObdFormat.IsHeader(line);
            if (line.TrimStart(" \t"u8) is [(byte)'{', ..])
            {
                objects++;
                if (CloudEventsFormat.LooksLike(line)) clouds++;
                else if (DsjsonFormat.LooksLike(line)) services++;
            }
            else if (VwFormat.LooksLike(line, out bool isShared, out bool isLabelled))
            {
                bars++;
                shared |= isShared;
                if (isLabelled) labels++;
                if (isLabelled && labelled) further++;
                labelled |= isLabelled;
            }

            if (line.Count("::"u8) is 2 or 3) colons++;
            if (IsUData(line)) tabs++;
            lines++;
        }

        // From what is told for sure to what texts of other forms may contain, too.
        if (header) return new Detection(new MovieLensFormat(options.Header), null);
        if (openBandit) return new Detection(new ObdFormat(), null);
        if (2 * clouds > lines) return new Detection(new CloudEventsFormat(), null);
        if (2 * objects > lines) return new Detection(2 * services > objects ? new DsjsonFormat() : new JsonlFormat(), null);
        if ((shared || labels > 0) && 2 * bars > lines) return shared || 2 * further <= labels ? new Detection(new VwFormat(), null) : new Detection(null, OneLineADecision(fileName));
        if (2 * colons > lines || 2 * tabs > lines) return new Detection(new MovieLensFormat(options.Header), null);
        return lines == 0 ? new Detection(FormatCatalogue.Separated("csv", options, (byte)','), null) : Columns(sample, fileName, options);
    }

    private static string OneLineADecision(string fileName) =>
        $"{fileName}: the format is that of vw, but with several labels a paragraph: one line a decision (cb). Such a log does not list its actions; say how many there are with "
            + "--set Source:Actions=K. If it is one of paragraphs (cb_adf) all the same, name it with --format vw.";

    private static Detection Columns(ReadOnlySpan<byte> sample, string fileName, SourceOptions options)
    {
        const string Tried = "movielens: no rows of user::item::rating::seconds, their tab form, or the header " + MovieLensFormat.HeaderRow
            + "; obd: no header with item_id, propensity_score and user-item_affinity_0; jsonl, dsjson, cloudevents: no lines with an object; vw: no lines with a label and "
            + "a bar; ";
        string what = $"{fileName}: the format is not recognized. Tried " + Tried;
        byte separator = Separators.Guess(sample);
        if (separator == 0) return new Detection(null, $"{what}csv: the first line has none of , ; tab |. Name it with --format.");
        IEventFormat format = FormatCatalogue.Separated(separator == (byte)'\t' ? "tsv" : "csv", options, separator);
        int end = sample.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = (end < 0 ? sample : sample[..end]).TrimEnd((byte)'\r');
        if (format.TryReadHeader(first, out DecodeError error) && error.Reason != RejectionReason.None)
            return new Detection(null, $"{what}csv: {HeaderFailure(first, error, options)}");
        return new Detection(format, null);
    }

    /// <summary>Why a header is not understood, and what to do.</summary>
    internal static string HeaderFailure(ReadOnlySpan<byte> header, DecodeError error, SourceOptions options)
    {
        // What is taken for a header may be a record.
        string row = options.Privacy.HashesIds ? $"({header.Length} bytes)" : Encoding.UTF8.GetString(header[..Math.Min(header.Length, 200)]);
        if (error.Field is FieldNames.ItemColumn or FieldNames.ClickColumn or FieldNames.PropensityColumn or FieldNames.AffinityColumns)
        {
            return $"the header '{row}' does not have {error.Field} as an Open Bandit log has it: item_id, click, propensity_score once each, and one column "
                + "user-item_affinity_N for each action, from 0 without gaps.";
        }

        string what = error.Field == FieldNames.Header
            ? $"the first row '{row}' is no header, but a file before has one"
            : $"the header '{row}' has no column for {error.Field}";
        return $"{what}; say what the columns are with --set Source:Columns=user,item,value,ts (any order, '-' skips one).";
    }

    private static bool IsUData(ReadOnlySpan<byte> line)
    {
        if (line.Count((byte)'\t') != 3) return false;
        int last = line.LastIndexOf((byte)'\t'), value = line[..last].LastIndexOf((byte)'\t') + 1;
        return Numbers.TryReal(line[value..last], out _, out _) && Times.TryUnixSeconds(line[(last + 1)..], out _, out _);
    }

    /// <summary>The first whole lines, without a byte order mark.</summary>
    private static ReadOnlySpan<byte> Sample(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= SampleBytes && bytes.LastIndexOf((byte)'\n') is int end and >= 0) bytes = bytes[..end];
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        int at = 0;
        for (int lines = 0; lines < SampleLines; lines++)
        {
            int next = bytes[at..].IndexOf((byte)'\n');
            if (next < 0) return bytes;
            at += next + 1;
        }

        return bytes[..at];
    }
}
