using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public class TimesTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("964982703", 964_982_703_000_000)]
    [InlineData("99999999999", 99_999_999_999_000_000)]
    [InlineData("1700000000123", 1_700_000_000_123_000)]
    [InlineData("1700000000123456", 1_700_000_000_123_456)]
    [InlineData("1700000000.25", 1_700_000_000_250_000)]
    [InlineData("1.7e9", 1_700_000_000_000_000)]
    [InlineData("253402300799999999", Times.Max)]
    [InlineData("2023-11-14T22:13:20Z", 1_700_000_000_000_000)]
    [InlineData("2023-11-15 00:13:20.5+02:00", 1_700_000_000_500_000)]
    [InlineData("9999-12-31T23:59:59.999999Z", Times.Max)]
    [InlineData(" 1700000000 ", 1_700_000_000_000_000)]
    [InlineData(" 2023-11-14T22:13:20Z", 1_700_000_000_000_000)]
    public void Tells_units_apart_by_magnitude(string text, long expected)
    {
        Assert.True(Times.TryAny(Encoding.UTF8.GetBytes(text), out long time, out _));
        Assert.Equal(expected, time);
    }

    [Theory]
    [InlineData("yesterday", RejectionReason.BadTime)]
    [InlineData("", RejectionReason.BadTime)]
    [InlineData("NaN", RejectionReason.BadTime)]
    [InlineData("2023-02-29", RejectionReason.BadTime)]
    [InlineData("2023-02-28T25:00", RejectionReason.BadTime)]
    [InlineData("-1", RejectionReason.TimeOutOfRange)]
    [InlineData("-0.5", RejectionReason.TimeOutOfRange)]
    [InlineData("253402300800000000", RejectionReason.TimeOutOfRange)]
    [InlineData("99999999999999999999999999999999999999", RejectionReason.TimeOutOfRange)]
    [InlineData("1e300", RejectionReason.TimeOutOfRange)]
    [InlineData("-1e25", RejectionReason.TimeOutOfRange)]
    [InlineData("1e28", RejectionReason.TimeOutOfRange)]
    [InlineData(" -7 ", RejectionReason.TimeOutOfRange)]
    [InlineData("1969-12-31T23:59:59Z", RejectionReason.TimeOutOfRange)]
    [InlineData("9999-12-31T23:59:59-01:00", RejectionReason.TimeOutOfRange)]
    public void Says_why_a_text_is_no_time(string text, RejectionReason expected)
    {
        Assert.False(Times.TryAny(Encoding.UTF8.GetBytes(text), out _, out RejectionReason reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData("253402300799", RejectionReason.None)]
    [InlineData(" 881250949 ", RejectionReason.None)]
    [InlineData("253402300800", RejectionReason.TimeOutOfRange)]
    [InlineData("999999999999999999", RejectionReason.TimeOutOfRange)]
    [InlineData("9999999999999999999999", RejectionReason.TimeOutOfRange)]
    [InlineData("-5", RejectionReason.TimeOutOfRange)]
    [InlineData("notatime", RejectionReason.BadTime)]
    [InlineData("12.5", RejectionReason.BadTime)]
    [InlineData("-", RejectionReason.BadTime)]
    public void Unix_seconds_are_whole_and_in_range(string text, RejectionReason expected)
    {
        Assert.Equal(expected == RejectionReason.None, Times.TryUnixSeconds(Encoding.UTF8.GetBytes(text), out _, out RejectionReason reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void Iso_times_agree_with_the_platform()
    {
        string[] shapes =
        [
            "yyyy-MM-dd", "yyyy-MM-ddTHH:mmZ", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-dd HH:mm:ss.fff", "yyyy-MM-ddTHH:mm:ss.ffffffzzz",
            "yyyy-MM-ddTHH:mm:ss.fffffffZ",
        ];
        Arbitrary<(int Day, int Second, int Shape, int Zone)> times =
            Gen.Zip(Gen.Zip(Gen.Choose(0, 2_900_000), Gen.Choose(0, 86_399)), Gen.Zip(Gen.Choose(0, shapes.Length - 1), Gen.Choose(-56, 56)))
                .Select(t => (t.Item1.Item1, t.Item1.Item2, t.Item2.Item1, t.Item2.Item2)).ToArbitrary();
        Prop.ForAll(times, t =>
        {
            string shape = shapes[t.Shape];
            TimeSpan zone = TimeSpan.FromMinutes(shape.Contains('z') ? 15 * t.Zone : 0);
            DateTimeOffset moment = new(DateTimeOffset.UnixEpoch.AddDays(t.Day + 1).Ticks + (t.Second * 10_000_001L), zone);
            string text = moment.ToString(shape, CultureInfo.InvariantCulture);
            DateTimeOffset expected = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            return IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out long micros)
                && micros == (expected.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithReplay(3, 5));
    }

    [Theory]
    [InlineData("2023-1-14")]
    [InlineData("2023-13-01")]
    [InlineData("0000-01-01")]
    [InlineData("2023-11-14T")]
    [InlineData("2023-11-14T22")]
    [InlineData("2023-11-14T22:13:")]
    [InlineData("2023-11-14T22:13:60Z")]
    [InlineData("2023-11-14T22:13:20.Z")]
    [InlineData("2023-11-14T22:13:20ZZ")]
    [InlineData("2023-11-14T22:13:20+2")]
    [InlineData("2023-11-14T22:13:20+02:0")]
    [InlineData("2023-11-14X22:13:20")]
    public void Broken_iso_times_are_refused(string text) => Assert.False(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out _));
}
