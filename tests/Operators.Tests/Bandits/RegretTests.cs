using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.Regret;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class RegretTests
{
    [Theory]
    [InlineData(.5, 200)]
    [InlineData(.75, 12_345)]
    [InlineData(1, 100_000)]
    public void The_exponent_of_a_power_is_that_power(double power, int length)
    {
        RegretCurve curve = Curve(length, t => 3 * Math.Pow(t, power));
        Assert.Equal(power, curve.Exponent(length, 3 * Math.Pow(length, power)), 1e-9);
    }

    [Fact]
    public void The_exponent_of_any_curve_is_the_recomputed_one()
    {
        const int Length = 40_000;
        double[] regret = new double[Length + 1];
        CounterRng rng = new(3, 3);
        for (int t = 1; t <= Length; t++) regret[t] = regret[t - 1] + (t < 5000 ? rng.NextDouble() : .05 * rng.NextDouble());
        double[] x = new double[50], y = new double[50];
        for (int i = 0; i < 50; i++)
        {
            x[i] = Math.Log(100) + (i * Math.Log(Length / 100.0) / 49);
            double t = Math.Exp(x[i]);
            int before = Math.Min((int)t, Length - 1);
            y[i] = Math.Log(regret[before] + ((t - before) * (regret[before + 1] - regret[before])));
        }

        double meanX = x.Average(), meanY = y.Average();
        double slope = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
        Assert.Equal(slope, Curve(Length, t => regret[t]).Exponent(Length, regret[Length]), 2e-3);
    }

    [Fact]
    public void There_is_no_exponent_of_a_short_or_empty_regret()
    {
        Assert.True(double.IsNaN(Curve(199, t => t).Exponent(199, 199)));
        Assert.Equal(1, Curve(200, t => t).Exponent(200, 200), 1e-9);
        Assert.True(double.IsNaN(Curve(1000, _ => 0).Exponent(1000, 0)));
        Assert.True(double.IsNaN(Curve(1000, t => t < 200 ? -1 : 5).Exponent(1000, 5)));
    }

    [Fact]
    public void A_curve_never_outgrows_its_points()
    {
        RegretCurve curve = new();
        int points = 0;
        for (long t = 100; t < 1L << 60; t += 1 + (t / 20))
        {
            if (!curve.IsDue(t)) continue;
            curve.Add(t, t);
            points++;
        }

        Assert.InRange(points, 300, 700);
        Assert.Equal(1, curve.Exponent(1L << 60, 1L << 60), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(5000)]
    public void Means_are_the_recomputed_ones(int window)
    {
        WeightedTrack track = new(window, .99);
        Assert.True(double.IsNaN(track.Mean) && double.IsNaN(track.WindowMean) && double.IsNaN(track.FadingMean));
        CounterRng rng = new(5, 4);
        (double X, double W)[] values = [.. Enumerable.Range(0, 700).Select(_ => (rng.NextNormal(), .1 + rng.NextDouble()))];
        foreach ((double x, double w) in values) track.Add(x, w);
        (double X, double W)[] last = [.. values.TakeLast(window)], faded = [.. values.Select((v, i) => (v.X, v.W * Math.Pow(.99, 699 - i)))];
        Assert.Equal(values.Sum(v => v.X * v.W), track.Sum, 1e-12);
        Assert.Equal(Mean(values), track.Mean, 1e-12);
        Assert.Equal(Mean(last), track.WindowMean, 1e-12);
        Assert.Equal(Mean(faded), track.FadingMean, 1e-12);
    }

    private static double Mean((double X, double W)[] values) => values.Sum(v => v.X * v.W) / values.Sum(v => v.W);

    private static RegretCurve Curve(int length, Func<int, double> regret)
    {
        RegretCurve curve = new();
        for (int t = 1; t <= length; t++)
        {
            if (curve.IsDue(t)) curve.Add(t, regret(t));
        }

        return curve;
    }
}
