using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Items;

/// <summary>
/// Films as the MovieLens data sets have them: item, title, genres between bars; by a comma (<c>movies.csv</c>, with the header <c>movieId,title,genres</c>) or by <c>::</c>
/// (<c>movies.dat</c>). Features are categorical: <c>genres=Comedy</c> for each genre, and <c>decade=1990</c> of a title that ends with a year, as in <c>Heat (1995)</c>.
/// </summary>
/// <remarks>Each line tells its own shape: what comes first in it. One caller at a time.</remarks>
internal sealed class MovieItemFormat : IItemFormat
{
    /// <summary>The header of <c>movies.csv</c>.</summary>
    public const string HeaderRow = "movieId,title,genres";

    private static readonly ulong Genres = FeatureKeys.Of("genres"u8);
    private static readonly ulong Decade = FeatureKeys.Of("decade"u8);

    private byte[] _scratch = [];

    /// <inheritdoc/>
    public string Name => "movielens";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <inheritdoc/>
    public ItemLife Life => ItemLife.Always;

    /// <inheritdoc/>
    public string? Title { get; private set; }

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> record, out DecodeError error)
    {
        error = default;
        return Ascii.Is(record, HeaderRow);
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        if (!TryCut(record, out ReadOnlySpan<byte> item, out ReadOnlySpan<byte> title, out ReadOnlySpan<byte> genres, out error)) return false;
        if (!writer.TryKey(item, FieldNames.Item, out ulong key, out error)) return false;
        int mark = writer.FeatureMark;
        if (!genres.SequenceEqual("(no genres listed)"u8) && !ItemFeatures.TryList(Genres, genres, ref writer, out RejectionReason reason))
        {
            writer.Undo();
            return Fail(reason, FieldNames.Features, out error);
        }

        Title = ItemFeatures.Title(title);
        if (TryDecade(title, out ReadOnlySpan<byte> decade)) writer.AddFeature(FeatureKeys.Categorical(Decade, [.. decade, (byte)'0']));
        ref Event e = ref writer.Add();
        (e.Item, e.Features) = (key, writer.FeaturesSince(mark));
        return true;
    }

    private bool TryCut(ReadOnlySpan<byte> record, out ReadOnlySpan<byte> item, out ReadOnlySpan<byte> title, out ReadOnlySpan<byte> genres, out DecodeError error)
    {
        title = genres = default;
        int comma = record.IndexOf((byte)','), colons = record.IndexOf("::"u8);
        if (colons >= 0 && (comma < 0 || colons < comma))
        {
            item = record[..colons];
            ReadOnlySpan<byte> rest = record[(colons + 2)..];
            int last = rest.LastIndexOf("::"u8); // a title may have colons, genres have none
            if (last < 0) return Fail(RejectionReason.MissingField, FieldNames.Features, out error);
            title = rest[..last];
            genres = rest[(last + 2)..];
            error = default;
            return true;
        }

        if (_scratch.Length < record.Length) _scratch = new byte[Math.Max(record.Length, 1024)];
        FieldReader reader = new(record, (byte)',', _scratch);
        bool whole = reader.TryNext(out item) & reader.TryNext(out title) & reader.TryNext(out genres);
        if (reader.Malformed) return Fail(RejectionReason.Malformed, string.Empty, out error);
        if (!whole) return Fail(RejectionReason.MissingField, item.IsEmpty ? FieldNames.Item : FieldNames.Features, out error);
        error = default;
        return !reader.TryNext(out _) || Fail(RejectionReason.ExtraField, string.Empty, out error);
    }

    // The first three digits of the year that a title ends with.
    private static bool TryDecade(ReadOnlySpan<byte> title, out ReadOnlySpan<byte> decade)
    {
        decade = default;
        title = title.TrimEnd((byte)' ');
        if (title is not [.., (byte)'(', _, _, _, _, (byte)')'] || title[^5..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        decade = title[^5..^2];
        return true;
    }
}
