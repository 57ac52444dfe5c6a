using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

public class LineWriterTests
{
    [Theory]
    [InlineData(0, 4, "0")]
    [InlineData(5000, 4, "0.5")]
    [InlineData(-1, 4, "-0.0001")]
    [InlineData(-10000, 4, "-1")]
    [InlineData(1234567, 6, "1.234567")]
    [InlineData(1000001, 6, "1.000001")]
    [InlineData(45, 1, "4.5")]
    [InlineData(40, 1, "4")]
    [InlineData(int.MinValue, 6, "-2147.483648")]
    public void Decimals_have_no_zeros_at_their_end(int units, int decimals, string expected) => Assert.Equal(expected, Written(units, decimals));

    [Fact]
    public void Decimals_are_read_back_as_the_quotient_they_were_computed_from()
    {
        Arbitrary<(int Units, int Decimals)> decimals = Gen.Zip(Gen.Choose(int.MinValue, int.MaxValue), Gen.Choose(1, 6)).ToArbitrary();
        Prop.ForAll(decimals, d => double.Parse(Written(d.Units, d.Decimals), CultureInfo.InvariantCulture) == d.Units / double.Parse($"1e{d.Decimals}", CultureInfo.InvariantCulture))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithReplay(7, 11));
    }

    [Fact]
    public void Real_numbers_are_read_back_as_they_were()
    {
        byte[] line = new byte[64];
        foreach (double x in (double[])[0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 0.083125, 1])
        {
            LineWriter writer = new(line);
            writer.Real(x);
            Assert.Equal(x, double.Parse(Encoding.ASCII.GetString(line, 0, writer.Length), CultureInfo.InvariantCulture));
        }
    }

    private static string Written(int units, int decimals)
    {
        byte[] line = new byte[32];
        LineWriter writer = new(line);
        writer.Decimal(units, decimals);
        return Encoding.ASCII.GetString(line, 0, writer.Length);
    }
}
