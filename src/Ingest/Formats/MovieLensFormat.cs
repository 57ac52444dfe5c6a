using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Ratings as the MovieLens data sets have them: user, item, rating, Unix seconds, separated by a tab (<c>u.data</c>), by <c>::</c>
/// (<c>ratings.dat</c>) or by a comma (<c>ratings.csv</c>, with the header <c>userId,movieId,rating,timestamp</c>). Each line tells its own
/// shape by its first separator, so that nothing is kept between lines. A row may lack its time, not its rating.
/// </summary>
/// <param name="header">Whether the first row is a header; null: if it is MovieLens' own.</param>
public sealed class MovieLensFormat(bool? header = null) : IEventFormat
{
    /// <summary>The header of <c>ratings.csv</c>.</summary>
    public const string HeaderRow = "userId,movieId,rating,timestamp";

    /// <inheritdoc/>
    public string Name => "movielens";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> record, out DecodeError error)
    {
        error = default;
        return header ?? Ascii.Is(record, HeaderRow);
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        int width = 1, at = 0;
        byte separator = 0;
        for (; at < record.Length; at++)
        {
            separator = record[at];
            if (separator is (byte)',' or (byte)'\t') break;
            if (separator == (byte)':' && at + 1 < record.Length && record[at + 1] == (byte)':')
            {
                width = 2;
                break;
            }
        }

        ReadOnlySpan<byte> user = record[..at];
        if (at == record.Length) return Fail(RejectionReason.MissingField, user.IsEmpty ? FieldNames.User : FieldNames.Item, out error);
        ReadOnlySpan<byte> rest = record[(at + width)..];
        bool more = Cut(ref rest, separator, width, out ReadOnlySpan<byte> item);
        if (!more) return Fail(RejectionReason.MissingField, item.IsEmpty ? FieldNames.Item : FieldNames.Value, out error);
        more = Cut(ref rest, separator, width, out ReadOnlySpan<byte> rating);
        ReadOnlySpan<byte> seconds = default;
        if (more && Cut(ref rest, separator, width, out seconds)) return Fail(RejectionReason.ExtraField, string.Empty, out error);

        if (!writer.TryKey(user, FieldNames.User, out ulong userKey, out error)) return false;
        if (!writer.TryKey(item, FieldNames.Item, out ulong itemKey, out error)) return false;
        if (!Numbers.TryReal(rating, out double value, out RejectionReason reason)) return Fail(reason, FieldNames.Value, out error);

        long time = writer.DefaultTime;
        if (!seconds.IsEmpty && !Times.TryUnixSeconds(seconds, out time, out reason)) return Fail(reason, FieldNames.Time, out error);

        ref Event e = ref writer.Add();
        (e.User, e.Item, e.Value, e.Time) = (userKey, itemKey, value, time);
        return true;
    }

    /// <summary>Takes the next field off <paramref name="rest"/>; false if it is the last.</summary>
    private static bool Cut(scoped ref ReadOnlySpan<byte> rest, byte separator, int width, out ReadOnlySpan<byte> field)
    {
        for (int i = 0; i < rest.Length; i++)
        {
            if (rest[i] != separator) continue;
            if (width == 2 && (i + 1 == rest.Length || rest[i + 1] != separator)) continue;
            field = rest[..i];
            rest = rest[(i + width)..];
            return true;
        }

        field = rest;
        rest = default;
        return false;
    }
}
