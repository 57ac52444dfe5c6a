using Streaming.Abstractions.Randomness;
using Streaming.Host.Observability;
using Xunit;

namespace Streaming.Host.Tests.Observability;

public class ArrivalDelaysTests
{
    [Fact]
    public void Quantiles_are_within_a_tenth_of_the_exact_ones()
    {
        CounterRng rng = new(5, 1);
        long[] delays = [.. Enumerable.Range(0, 100_000).Select(_ => (long)(200 * Math.Exp(2 * rng.NextNormal())) + 100)];
        ArrivalDelays measured = new();
        measured.Add(delays);
        Array.Sort(delays);
        foreach (double share in (double[])[0.01, 0.5, 0.9, 0.99, 0.999, 1])
        {
            double exact = delays[(int)Math.Ceiling(share * delays.Length) - 1] / 1e6, found = measured.Quantile(share);
            Assert.InRange(found, exact, exact * 1.1 * (1 + 1e-9));
        }
    }

    [Fact]
    public void What_lies_outside_counts_as_the_nearest_and_nothing_has_no_quantile()
    {
        ArrivalDelays measured = new();
        Assert.Equal(double.NaN, measured.Quantile(0.5));
        measured.Add([long.MinValue, -5, 0, long.MaxValue]);
        Assert.Equal(0.0001, measured.Quantile(0.75));
        Assert.InRange(measured.Quantile(1), 3600, 4200);
    }

    [Fact]
    public void Old_delays_fade()
    {
        ArrivalDelays measured = new();
        long[] slow = [.. Enumerable.Repeat(1_000_000L, 1 << 20)], fast = [.. Enumerable.Repeat(1_000L, 1 << 20)];
        measured.Add(slow);
        for (int i = 0; i < 12; i++) measured.Add(fast);
        Assert.InRange(measured.Quantile(0.99), 0.001, 0.0011);
    }
}
