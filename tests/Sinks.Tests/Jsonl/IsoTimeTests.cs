using System.Globalization;
using System.Text;
using Streaming.Abstractions.Randomness;
using Streaming.Sinks.Jsonl;
using Xunit;

namespace Streaming.Sinks.Tests.Jsonl;

public sealed class IsoTimeTests
{
    private static string Format(long micros)
    {
        Span<byte> bytes = stackalloc byte[IsoTime.MaxBytes];
        return Encoding.ASCII.GetString(bytes[..IsoTime.Format(micros, bytes)]);
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00Z")]
    [InlineData(1_370_000_000_000_000, "2013-05-31T11:33:20Z")]
    [InlineData(1, "1970-01-01T00:00:00.000001Z")]
    [InlineData(250_000, "1970-01-01T00:00:00.25Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999Z")]
    [InlineData(-86_400_000_000, "1969-12-31T00:00:00Z")]
    [InlineData(951_782_400_000_000, "2000-02-29T00:00:00Z")]
    [InlineData(4_107_542_400_000_000, "2100-03-01T00:00:00Z")]
    [InlineData(-62_167_219_200_000_000, "0000-01-01T00:00:00Z")]
    [InlineData(-62_167_219_200_000_001, "-000001-12-31T23:59:59.999999Z")]
    [InlineData(253_402_300_800_000_000, "+010000-01-01T00:00:00Z")]
    [InlineData(long.MaxValue, "+294247-01-10T04:00:54.775807Z")]
    [InlineData(long.MinValue, "-290308-12-21T19:59:05.224192Z")]
    public void Times_print_with_the_digits_they_need(long micros, string text) => Assert.Equal(text, Format(micros));

    [Fact]
    public void Every_time_a_DateTime_can_hold_prints_as_it_does()
    {
        CounterRng rng = new(1, 1);
        long span = (DateTime.MaxValue - DateTime.MinValue).Ticks / 10;
        for (int i = 0; i < 20_000; i++)
        {
            long micros = (long)rng.NextBelow((ulong)span) - (DateTime.UnixEpoch.Ticks / 10);
            Assert.Equal(DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFZ", CultureInfo.InvariantCulture), Format(micros));
        }
    }
}
