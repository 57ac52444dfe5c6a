using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Synthetic;

/// <summary>Generated ratings as a log in one of the shapes that the formats read. A resume goes straight to its record.</summary>
public sealed class RatingsLog : ILogGenerator
{
    private static readonly byte[] CsvHeader = System.Text.Encoding.ASCII.GetBytes(MovieLensFormat.HeaderRow);

    private readonly RatingsGenerator _ratings;
    private readonly LogShape _shape;
    private long _next;
    private long _first;

    /// <summary>The log of <paramref name="ratings"/>.</summary>
    public RatingsLog(RatingsGenerator ratings, LogShape shape) => (_ratings, _shape) = (ratings, shape);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Header => _shape == LogShape.Csv ? CsvHeader : default;

    /// <inheritdoc/>
    public int MaxLineBytes => 128;

    /// <inheritdoc/>
    public double Progress => _next / (double)_ratings.Events;

    /// <inheritdoc/>
    public string Account => $"{_next - _first:N0} ratings";

    /// <inheritdoc/>
    public void Seek(long record) => _next = _first = Math.Min(record, _ratings.Events);

    /// <inheritdoc/>
    public int Next(Span<byte> line)
    {
        if (_next == _ratings.Events) return 0;
        LineWriter writer = new(line);
        Rating rating = _ratings.At(_next++);
        switch (_shape)
        {
            case LogShape.Jsonl:
                WriteObject(ref writer, rating);
                break;
            case LogShape.Movielens:
                WriteRow(ref writer, rating, "::"u8);
                break;
            case LogShape.Csv:
                WriteRow(ref writer, rating, ","u8);
                break;
            default:
                WriteRow(ref writer, rating, "\t"u8);
                break;
        }

        return writer.Length;
    }

    /// <summary>Writes <c>{"ts":..,"user":..,"item":..,"value":..}</c>.</summary>
    internal static void WriteObject(ref LineWriter line, Rating rating)
    {
        line.Text("{\"ts\":"u8);
        line.Whole(rating.Seconds);
        line.Text(",\"user\":"u8);
        line.Whole(rating.User);
        line.Text(",\"item\":"u8);
        line.Whole(rating.Item);
        line.Text(",\"value\":"u8);
        line.Decimal(rating.HalfSteps * 5, 1);
        line.Character((byte)'}');
    }

    private static void WriteRow(ref LineWriter line, Rating rating, ReadOnlySpan<byte> separator)
    {
        line.Whole(rating.User);
        line.Text(separator);
        line.Whole(rating.Item);
        line.Text(separator);
        line.Character((byte)('0' + (rating.HalfSteps >> 1)));
        line.Text((rating.HalfSteps & 1) == 0 ? ".0"u8 : ".5"u8);
        line.Text(separator);
        line.Whole(rating.Seconds);
    }
}
