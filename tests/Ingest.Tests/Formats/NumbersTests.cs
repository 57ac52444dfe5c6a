using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public class NumbersTests
{
    [Fact]
    public void Every_decimal_is_the_double_nearest_to_it()
    {
        Arbitrary<(long Digits, int Places)> decimals =
            Gen.Zip(Gen.Choose(-2_000_000_000, 2_000_000_000), Gen.Choose(0, 20)).Select(t => (t.Item1 * 7_919L, t.Item2)).ToArbitrary();
        Prop.ForAll(decimals, d => Agrees(Decimal(d.Digits, d.Places))).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithReplay(7, 11));
    }

    [Fact]
    public void Every_double_survives_its_shortest_text()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<double>().Filter(double.IsFinite), x => Agrees(x.ToString("R", CultureInfo.InvariantCulture)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithReplay(7, 11));
    }

    [Fact]
    public void Every_decimal_of_up_to_19_digits_is_the_double_nearest_to_it()
    {
        CounterRng rng = new(19, 1);
        for (int i = 0; i < 200_000; i++)
        {
            int digits = 16 + (int)rng.NextBelow(4);
            StringBuilder text = new(rng.NextBelow(2) == 0 ? "" : "-");
            for (int d = 0, point = (int)rng.NextBelow((ulong)digits + 1); d < digits; d++) text.Append(d == point ? "." : "").Append(rng.NextBelow(3) == 0 ? 0 : rng.NextBelow(10));
            Assert.True(Agrees(text.ToString()), text.ToString());
        }
    }

    [Fact]
    public void A_decimal_halfway_between_two_doubles_goes_to_the_even_one()
    {
        CounterRng rng = new(19, 2);
        for (int i = 0; i < 20_000; i++)
        {
            int bits = 50 + (int)rng.NextBelow(3);
            ulong whole = (1UL << bits) + rng.NextBelow(1UL << bits);
            string[] halves = bits == 52 ? [".5"] : bits == 51 ? [".25", ".75"] : [".125", ".375", ".625", ".875"];
            string text = whole + halves[rng.NextBelow((ulong)halves.Length)];
            Assert.True(Agrees(text), text);
        }
    }

    [Theory]
    [InlineData("3.5", 3.5)]
    [InlineData("4", 4)]
    [InlineData("-9.95", -9.95)]
    [InlineData(".5", .5)]
    [InlineData("5.", 5)]
    [InlineData("+2", 2)]
    [InlineData(" 2.5 ", 2.5)]
    [InlineData("1e3", 1000)]
    [InlineData("000000000000000000004", 4)]
    [InlineData("9007199254740993", 9007199254740992d)]
    public void Reads_what_people_write(string text, double expected)
    {
        Assert.True(Numbers.TryReal(Encoding.UTF8.GetBytes(text), out double value, out RejectionReason reason));
        Assert.Equal(expected, value);
        Assert.Equal(RejectionReason.None, reason);
    }

    [Theory]
    [InlineData("", RejectionReason.MissingField)]
    [InlineData("  ", RejectionReason.MissingField)]
    [InlineData("NaN", RejectionReason.NotFinite)]
    [InlineData("nan", RejectionReason.NotFinite)]
    [InlineData("-inf", RejectionReason.NotFinite)]
    [InlineData("Infinity", RejectionReason.NotFinite)]
    [InlineData("1e999", RejectionReason.NotFinite)]
    [InlineData("-1e999", RejectionReason.NotFinite)]
    [InlineData("-", RejectionReason.NotANumber)]
    [InlineData("+", RejectionReason.NotANumber)]
    [InlineData(".", RejectionReason.NotANumber)]
    [InlineData("-.", RejectionReason.NotANumber)]
    [InlineData("1.2.3", RejectionReason.NotANumber)]
    [InlineData("--1", RejectionReason.NotANumber)]
    [InlineData("1,5", RejectionReason.NotANumber)]
    [InlineData("0x10", RejectionReason.NotANumber)]
    [InlineData("four", RejectionReason.NotANumber)]
    [InlineData("1\0", RejectionReason.NotANumber)]
    public void Says_why_a_text_is_no_number(string text, RejectionReason expected)
    {
        Assert.False(Numbers.TryReal(Encoding.UTF8.GetBytes(text), out _, out RejectionReason reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("-0e5")]
    public void Minus_zero_is_zero(string text)
    {
        Assert.True(Numbers.TryReal(Encoding.UTF8.GetBytes(text), out double value, out _));
        Assert.Equal(0L, BitConverter.DoubleToInt64Bits(value));
    }

    private static string Decimal(long digits, int places)
    {
        string text = Math.Abs(digits).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        return (digits < 0 ? "-" : string.Empty) + (places == 0 ? text : text[..^places] + "." + text[^places..]);
    }

    private static bool Agrees(string text)
    {
        double expected = double.Parse(text, CultureInfo.InvariantCulture) + 0.0;
        return Numbers.TryReal(Encoding.UTF8.GetBytes(text), out double value, out _)
            && BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(expected);
    }
}
