using Streaming.Abstractions.Randomness;
using Xunit;

namespace Streaming.Abstractions.Tests.Randomness;

/// <summary>Against the platform's functions, whose own error is below an ulp or two.</summary>
public sealed class PortableMathTests
{
    private const double Ulps = 5e-16;

    [Fact]
    public void Logarithms_are_exact_to_1e_15_of_themselves()
    {
        for (double x = 5e-324; x < 1e308; x *= 1.37 + (x < 1e-300 ? 1 : 0)) Near(Math.Log(x), PortableMath.Log(x), 1e-15);
        for (double x = 0.5; x < 2; x += 1.0 / 4096) Near(Math.Log(x), PortableMath.Log(x), 1e-15);
    }

    [Fact]
    public void Exponentials_are_as_exact_as_they_say()
    {
        for (double x = -708; x <= 709; x += 0.0371) Near(Math.Exp(x), PortableMath.Exp(x), 1e-15 + (2e-16 * Math.Abs(x)));
        Assert.Equal(1, PortableMath.Exp(0));
    }

    [Fact]
    public void Exponentials_beyond_their_range_are_zero_and_infinite()
    {
        Assert.Equal(0, PortableMath.Exp(-708.1));
        Assert.Equal(0, PortableMath.Exp(double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(709.1));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp(double.PositiveInfinity));
        Assert.Equal(double.NaN, PortableMath.Exp(double.NaN));
        Assert.Equal((0, 1), (PortableMath.Logistic(-1e9), PortableMath.Logistic(1e9)));
    }

    [Fact]
    public void Powers_agree_with_the_platform()
    {
        for (double x = 1e-8; x < 1e8; x *= 1.37)
        {
            for (double y = -3; y <= 3; y += 0.125) Near(Math.Pow(x, y), PortableMath.Pow(x, y), 1e-15 + (2e-15 * Math.Abs(y * Math.Log(x))));
        }
    }

    [Fact]
    public void The_logistic_function_is_symmetric_about_a_half()
    {
        for (double x = 0; x < 30; x += 0.01)
        {
            Near(1 / (1 + Math.Exp(-x)), PortableMath.Logistic(x), 1e-15);
            Assert.Equal(1, PortableMath.Logistic(x) + PortableMath.Logistic(-x), 1e-15);
        }
    }

    // What a generated log hangs on, though each is an ulp off the nearest double.
    [Fact]
    public void The_last_bits_are_fixed()
    {
        Assert.Equal(0xBFD62E42FEFA39EDUL, BitConverter.DoubleToUInt64Bits(PortableMath.Log(0.7071067811865476)));
        Assert.Equal(0x4005BF0A8B14576AUL, BitConverter.DoubleToUInt64Bits(PortableMath.Exp(1)));
    }

    private static void Near(double expected, double found, double relative) =>
        Assert.InRange(found, expected - (Math.Abs(expected) * (relative + Ulps)), expected + (Math.Abs(expected) * (relative + Ulps)));
}
