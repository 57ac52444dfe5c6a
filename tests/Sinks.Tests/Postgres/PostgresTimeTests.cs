using Streaming.Sinks.Postgres;
using Xunit;

namespace Streaming.Sinks.Tests.Postgres;

public sealed class PostgresTimeTests(PostgresFixture fixture) : PostgresTest(fixture)
{
    [Theory]
    [InlineData(0, "1970-01-01 00:00:00+00")]
    [InlineData(1_370_000_000_000_001, "2013-05-31 11:33:20.000001+00")]
    [InlineData(-210_866_803_200_000_000, "4714-11-24 00:00:00+00 BC")]
    [InlineData(-210_866_803_200_000_001, null)]
    [InlineData(long.MaxValue, "294247-01-10 04:00:54.775807+00")]
    [InlineData(long.MinValue, null)]
    public async Task The_server_has_the_same_time_or_none(long micros, string? expected)
    {
        await using PostgresSink sink = Sink();
        Abstractions.Events.EventBatch batch = Decisions(0, 1);
        batch.Events[0].Time = micros;
        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        Assert.Equal([expected ?? "-"], await RowsAsync("decisions", "event_time::text"));
    }
}
