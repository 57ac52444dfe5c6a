namespace Streaming.Ingest.Synthetic;

/// <summary>How a generated log is written.</summary>
public enum LogShape
{
    /// <summary><c>user::item::rating::seconds</c>, as <c>ratings.dat</c>.</summary>
    Movielens,

    /// <summary><c>userId,movieId,rating,timestamp</c> with this header, as <c>ratings.csv</c>.</summary>
    Csv,

    /// <summary>The same fields separated by tabs, without header, as <c>u.data</c>.</summary>
    Tsv,

    /// <summary>One JSON object a line, of whatever kind the records are.</summary>
    Jsonl,
}
