using Streaming.Abstractions.Randomness;
using Xunit;
using PortableMath = Streaming.Operators.Bandits.PortableMath;

namespace Streaming.Operators.Tests.Bandits;

public sealed class PortableMathTests
{
    [Fact]
    public void Logarithms_and_exponentials_are_those_of_the_library_to_the_last_digits()
    {
        CounterRng rng = new(1, 2);
        for (int n = 0; n < 100_000; n++)
        {
            double x = Math.Pow(10, (600 * rng.NextDouble()) - 300), y = (1400 * rng.NextDouble()) - 700;
            Assert.Equal(Math.Log(x), PortableMath.Log(x), 4e-16 * Math.Max(1, Math.Abs(Math.Log(x))));
            Assert.Equal(1, PortableMath.Exp(y) / Math.Exp(y), 1e-15);
        }
    }

    [Fact]
    public void The_ends_are_what_they_should_be()
    {
        Assert.Equal(Math.Log(double.Epsilon), PortableMath.Log(double.Epsilon), 1e-12);
        Assert.Equal((0.0, 1.0, double.PositiveInfinity), (PortableMath.Exp(-800), PortableMath.Exp(0), PortableMath.Exp(800)));
        Assert.Equal(Math.Exp(-740), PortableMath.Exp(-740), 1e-321);
    }
}
