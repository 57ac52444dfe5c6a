using Streaming.Abstractions.Randomness;
using Xunit;

namespace Streaming.Abstractions.Tests.Randomness;

/// <summary>Values from the inverse of erfc in 60 digits, at exactly the double that the probability is.</summary>
public sealed class NormalQuantileTests
{
    [Theory]
    [InlineData(.975, 1.9599639845400538556)]
    [InlineData(.5000001, 2.5066282733116483012e-7)]
    [InlineData(.9, 1.2815515655446005935)]
    [InlineData(.4, -0.25334710313579974132)]
    [InlineData(.1, -1.2815515655446004353)]
    [InlineData(.075, -1.4395314709384559349)]
    [InlineData(.0751, -1.4388253927525399824)]
    [InlineData(.01, -2.3263478740408410931)]
    [InlineData(.001, -3.0902323061678135354)]
    [InlineData(1e-5, -4.2648907939228246102)]
    [InlineData(1e-10, -6.3613409024040561991)]
    [InlineData(1.388794386496402e-11, -6.6579046435011036008)]
    [InlineData(1.1102230246251565e-16, -8.2095361516013868556)]
    [InlineData(1e-50, -14.933337534788488981)]
    [InlineData(1e-100, -21.273453560965324294)]
    [InlineData(1e-200, -30.205594179579643063)]
    [InlineData(1e-300, -37.047096299361199237)]
    [InlineData(2.2250738585072014e-308, -37.519379347144499821)]
    [InlineData(1e-310, -37.663060331949523732)]
    [InlineData(5e-324, -38.467405617144346251)]
    public void Quantiles_are_exact_to_1e_15(double p, double z) => Assert.InRange(NormalQuantile.Of(p), z - (Math.Abs(z) * 1.2e-15), z + (Math.Abs(z) * 1.2e-15));

    // The last bit of a twentieth of all draws hangs on the coefficient of the highest power in the denominator.
    [Fact]
    public void The_last_bit_is_that_of_the_published_coefficients() => Assert.Equal(-0.7114396394983021, NormalQuantile.Of(0.23840592126324076));

    [Fact]
    public void The_two_sides_mirror_each_other()
    {
        Assert.Equal(0, NormalQuantile.Of(.5));
        // Multiples of 2^-20, whose complements are doubles too.
        for (int i = 1; i < 1 << 20; i += 997) Assert.Equal(-NormalQuantile.Of(i / 1048576.0), NormalQuantile.Of(1 - (i / 1048576.0)));
    }

    [Fact]
    public void It_grows_with_the_probability()
    {
        double before = double.NegativeInfinity;
        for (int i = 1; i < 100_000; i++)
        {
            double z = NormalQuantile.Of(i / 100_000.0);
            Assert.True(z > before);
            before = z;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_probability_is_refused(double p) => Assert.Throws<ArgumentOutOfRangeException>(() => NormalQuantile.Of(p));
}
