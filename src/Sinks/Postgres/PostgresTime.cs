namespace Streaming.Sinks.Postgres;

/// <summary>Times as the server keeps them: microseconds since 2000-01-01, UTC.</summary>
internal static class PostgresTime
{
    private const long Epoch = 946_684_800_000_000;

    // 4714-11-24 BC. The server's last year, 294,276, ends after the last time of an event.
    private const long First = -210_866_803_200_000_000;

    /// <summary>The server's number for <paramref name="micros"/> since the Unix epoch; null for a time before all that it can keep.</summary>
    public static long? Of(long micros) => micros >= First ? micros - Epoch : null;
}
