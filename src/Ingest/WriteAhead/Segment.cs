using System.Globalization;

namespace Streaming.Ingest.WriteAhead;

/// <summary>
/// A file of the log: <c>wal-FIRST-YYYYMMDD.jsonl</c>, named by the number of its first record and the day, UTC, on which it was begun, so that the order of the names
/// is the order of the records.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="first">Number of its first record.</param>
/// <param name="day">Day on which it was begun.</param>
/// <param name="start">Bytes of the log before it, counted from where the log was opened.</param>
/// <param name="length">Bytes that are on the disk.</param>
internal sealed class Segment(string path, long first, DateOnly day, long start, long length)
{
    private const string Prefix = "wal-";
    private const string Suffix = ".jsonl";
    private const string DayFormat = "yyyyMMdd";
    private const int Digits = 19;

    private long _length = length;

    public string Path => path;

    public long First => first;

    public DateOnly Day => day;

    public long Start => start;

    /// <summary>Bytes that are on the disk: whole lines. Written by the log's writer, read from any thread.</summary>
    public long Length
    {
        get => Volatile.Read(ref _length);
        set => Volatile.Write(ref _length, value);
    }

    /// <summary>A segment that begins with this record; its file is not there yet.</summary>
    public static Segment New(string folder, long first, DateOnly day, long start) =>
        new(
            System.IO.Path.Combine(folder, $"{Prefix}{first.ToString("D" + Digits, CultureInfo.InvariantCulture)}-{day.ToString(DayFormat, CultureInfo.InvariantCulture)}{Suffix}"),
            first,
            day,
            start,
            0);

    /// <summary>The segments of a folder in their order. Files with other names are not looked at.</summary>
    public static List<Segment> In(string folder)
    {
        List<Segment> segments = [];
        long start = 0;
        foreach (string file in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}").Order(StringComparer.Ordinal))
        {
            ReadOnlySpan<char> name = System.IO.Path.GetFileName(file.AsSpan())[Prefix.Length..^Suffix.Length];
            if (name.Length != Digits + 1 + DayFormat.Length || name[Digits] != '-') continue;
            if (!long.TryParse(name[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out long first)) continue;
            if (!DateOnly.TryParseExact(name[(Digits + 1)..], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) continue;
            Segment segment = new(file, first, day, start, new FileInfo(file).Length);
            segments.Add(segment);
            start += segment.Length;
        }

        return segments;
    }
}
