using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Drift;
using Xunit;

namespace Streaming.Operators.Tests.Drift;

public class AdwinTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(80).WithReplay(20070426, 1);

    [Fact]
    public void Signals_width_and_moments_are_those_of_the_plain_window() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), seed =>
        {
            CounterRng rng = new(seed, 1);
            AdwinOptions options = new()
            {
                Variant = (AdwinVariant)rng.NextBelow(3),
                Delta = 0.002 + (0.3 * rng.NextDouble()),
                Clock = 1 + (int)rng.NextBelow(40),
                MaxBuckets = 1 + (int)rng.NextBelow(7),
                MinWindowLength = 1 + (int)rng.NextBelow(8),
                GracePeriod = (int)rng.NextBelow(30),
            };
            Adwin adwin = new(options);
            AdwinOracle oracle = new(options);
            double level = 0;
            for (int i = 0; i < 600; i++)
            {
                if (rng.NextBelow(90) == 0) level = rng.NextBelow(64) / 8.0;
                // Multiples of 1/8: every sum is exact, so that no cut is decided by rounding.
                double value = level + (rng.NextBelow(9) / 8.0);
                Assert.Equal(oracle.Update(value), adwin.Update(value) == DriftSignal.Drift);
                Assert.Equal(oracle.Width, adwin.Width);
                Assert.Equal(oracle.Mean, adwin.Mean);
                Assert.Equal(oracle.Variance, adwin.Variance, 1e-9 * (1 + oracle.Variance));
            }
        }).Check(Repeatable);

    [Fact]
    public void Huge_values_that_have_left_leave_no_trace_in_the_variance()
    {
        Adwin adwin = new(new AdwinOptions { Variant = AdwinVariant.Moa });
        for (int i = 0; i < 1000; i++) adwin.Update(1e12);
        for (int i = 0; i < 4000; i++) adwin.Update(i % 2);
        Assert.True(adwin.Width <= 4000);
        Assert.Equal(0.5, adwin.Mean, 1e-9);
        Assert.Equal(0.25, adwin.Variance, 1e-9);
    }

    [Fact]
    public void A_large_offset_raises_no_alarm()
    {
        CounterRng rng = new(3, 0);
        Adwin adwin = new(new AdwinOptions());
        for (int i = 0; i < 100_000; i++) Assert.Equal(DriftSignal.None, adwin.Update(1e12 + rng.NextBelow(2)));
        Assert.Equal(100_000, adwin.Width);
    }

    // Delta bounds the false alarms of one check only; over 3,125 checks of a stationary stream the published rule gives almost none.
    [Fact]
    public void A_stationary_stream_is_left_alone()
    {
        CounterRng rng = new(11, 0);
        Adwin adwin = new(new AdwinOptions());
        int drifts = 0;
        for (int i = 0; i < 100_000; i++) drifts += adwin.Update(rng.NextNormal()) == DriftSignal.Drift ? 1 : 0;
        Assert.InRange(drifts, 0, 2);
    }

    [Fact]
    public void Options_outside_their_range_are_refused() =>
        Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() => new Adwin(new AdwinOptions { Delta = 1 }));
}
