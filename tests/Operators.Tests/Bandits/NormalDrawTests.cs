using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.Policies;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class NormalDrawTests
{
    private const int N = 2_000_000;

    [Fact]
    public void Draws_fall_below_every_quantile_as_often_as_they_should()
    {
        CounterRng rng = new(11, 3);
        double[] draws = new double[N];
        for (int n = 0; n < N; n++) draws[n] = NormalDraw.Next(ref rng);
        Array.Sort(draws);
        // Kolmogorov and Smirnov: beyond 1.95 / sqrt N once in 1,000, and the seed is fixed.
        double distance = 0;
        for (int n = 0; n < N; n += 97) distance = Math.Max(distance, Math.Abs(CumulativeNormal(draws[n]) - ((n + 0.5) / N)));
        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(N));
    }

    [Theory]
    [InlineData(3.442619855899, 5.761e-4)] // both tails begin here
    [InlineData(4, 6.334e-5)]
    [InlineData(4.5, 6.795e-6)]
    public void Tails_are_as_heavy_as_they_should_be(double start, double probability)
    {
        CounterRng rng = new(12, 3);
        int above = 0, below = 0;
        for (int n = 0; n < N; n++)
        {
            double x = NormalDraw.Next(ref rng);
            if (x > start) above++;
            if (x < -start) below++;
        }

        double expected = N * probability / 2, room = 4 * Math.Sqrt(expected) + 1;
        Assert.InRange(above, expected - room, expected + room);
        Assert.InRange(below, expected - room, expected + room);
    }

    /// <summary>Distribution function by the series of erf (small x) and its continued fraction (large x).</summary>
    private static double CumulativeNormal(double x)
    {
        double a = Math.Abs(x), density = Math.Exp(-0.5 * a * a) / Math.Sqrt(2 * Math.PI), tail;
        if (a < 3)
        {
            double sum = a, term = a;
            for (int k = 1; term > 1e-17; k++) sum += term *= a * a / ((2 * k) + 1);
            tail = 0.5 - (density * sum);
        }
        else
        {
            double fraction = a;
            for (int k = 60; k >= 1; k--) fraction = a + (k / fraction);
            tail = density / fraction;
        }

        return x < 0 ? tail : 1 - tail;
    }
}
