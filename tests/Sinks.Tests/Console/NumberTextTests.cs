using Streaming.Abstractions.Reports;
using Streaming.Sinks.Console;
using Xunit;

namespace Streaming.Sinks.Tests.Console;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(.8712345, ".8712")]
    [InlineData(-.8712345, "-.8712")]
    [InlineData(.09123, ".09123")]
    [InlineData(.003009, ".003009")]
    [InlineData(.99994, ".9999")]
    [InlineData(.99996, "1.000")]
    [InlineData(1.04265, "1.043")]
    [InlineData(-12.345678, "-12.35")]
    [InlineData(561.24, "561.2")]
    [InlineData(999.96, "1,000")]
    [InlineData(1_234_567.8, "1,234,568")]
    [InlineData(.0001, ".0001000")]
    [InlineData(.00001234, "1.234e-05")]
    [InlineData(1e300, "1.000e+300")]
    [InlineData(0, "0")]
    [InlineData(double.NaN, "-")]
    [InlineData(double.PositiveInfinity, "-")]
    public void Ratios_have_four_significant_digits(double value, string text) => Assert.Equal(text, NumberText.Ratio(value));

    [Theory]
    [InlineData(166_666.7, "167,000")]
    [InlineData(999_999, "1,000,000")]
    [InlineData(12.34, "12.3")]
    [InlineData(99.96, "100")]
    [InlineData(0, "0")]
    [InlineData(double.NaN, "-")]
    public void Rates_have_three(double value, string text) => Assert.Equal(text, NumberText.Rate(value));

    [Theory]
    [InlineData(1.234, "1.2 s")]
    [InlineData(59.96, "1 min 00 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(11_040, "3 h 04 min")]
    public void Durations_have_two_units(double seconds, string text) => Assert.Equal(text, NumberText.Duration(seconds));

    [Fact]
    public void Every_form_of_value_has_a_text()
    {
        Assert.Equal("1,234", NumberText.Value(ReportValue.Of(1234L)));
        Assert.Equal(".5000", NumberText.Value(ReportValue.Of(.5)));
        Assert.Equal("mf", NumberText.Value(ReportValue.Of("mf")));
        Assert.Equal("-", NumberText.Value(ReportValue.Null));
        Assert.Equal("00000000000000ff", NumberText.Value(ReportValue.OfEntity(255)));
        Assert.Equal("64 MiB", NumberText.Mebibytes(64 << 20));
    }
}
