namespace Streaming.Sinks.Postgres;

/// <summary>Times as the server keeps them: microseconds since 2000-01-01, UTC.</summary>
internal static class PostgresTime
{
    private const long Epoch = 946_684_800_000_000;

    // 4714-11-24 BC, inclusive, to 294277-01-01, exclusive, from 2000 on.
    private const long First = -211_813_488_000_000_000;
    private const long End = 9_223_371_331_200_000_000;

    /// <summary>The server's number for <paramref name="micros"/> since the Unix epoch; null for a time that it cannot keep.</summary>
    public static long? Of(long micros)
    {
        if (micros < First + Epoch) return null;
        long time = micros - Epoch;
        return time < End ? time : null;
    }
}
