using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.OffPolicy;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class ImportanceEstimateTests
{
    [Fact]
    public void Everything_is_the_recomputed_sum()
    {
        CounterRng rng = new(1, 1);
        (double W, double R, double V)[] events = [.. Enumerable.Range(0, 500).Select(_ => (2 * rng.NextDouble(), 1e6 + rng.NextNormal(), .5 + rng.NextDouble()))];
        ImportanceEstimate estimate = new();
        Assert.True(double.IsNaN(estimate.Ips) && double.IsNaN(estimate.Snips) && double.IsNaN(estimate.EffectiveEvents) && double.IsNaN(estimate.LargestWeight));
        foreach ((double w, double r, double v) in events) estimate.Add(w, r, v);
        double sumV = events.Sum(e => e.V), sumVw = events.Sum(e => e.V * e.W), sumVwr = events.Sum(e => e.V * e.W * e.R);
        double ips = sumVwr / sumV, snips = sumVwr / sumVw, n = sumV * sumV / events.Sum(e => e.V * e.V);
        Assert.Equal(1, estimate.Ips / ips, 1e-14);
        Assert.Equal(1, estimate.Snips / snips, 1e-14);
        Assert.Equal(1, estimate.IpsError / (Math.Sqrt(events.Sum(e => Square(e.V * ((e.W * e.R) - ips))) * n / (n - 1)) / sumV), 1e-10);
        Assert.Equal(1, estimate.SnipsError / (Math.Sqrt(events.Sum(e => Square(e.V * e.W * (e.R - snips)))) / sumVw), 1e-8);
        Assert.Equal(1, estimate.EffectiveEvents / (sumVw * sumVw / events.Sum(e => Square(e.V * e.W))), 1e-14);
        Assert.Equal(events.Max(e => e.W), estimate.LargestWeight);
        Assert.Equal(1, estimate.MeanWeight / (sumVw / sumV), 1e-14);
        Assert.Equal(estimate.Ips - estimate.IpsLow, estimate.IpsHigh - estimate.Ips, 1e-6);
    }

    [Fact]
    public void Equal_weights_give_the_sample_variance_and_one_event_none()
    {
        ImportanceEstimate estimate = new();
        estimate.Add(1, 3, 1);
        Assert.True(double.IsNaN(estimate.IpsError));
        estimate.Add(1, 5, 1);
        estimate.Add(1, 10, 1);
        Assert.Equal(Math.Sqrt((9 + 1 + 16) / 2.0 / 3), estimate.IpsError, 1e-14);
    }

    [Fact]
    public void One_event_has_no_standard_error_however_its_numbers_are_rounded()
    {
        CounterRng rng = new(4, 4);
        for (int n = 0; n < 1000; n++)
        {
            ImportanceEstimate estimate = new();
            estimate.Add(rng.NextDouble(), rng.NextNormal(), rng.NextOpenDouble());
            Assert.True(double.IsNaN(estimate.IpsError) && double.IsNaN(estimate.IpsLow) && double.IsNaN(estimate.IpsHigh), $"event {n}: {estimate.IpsError}");
        }
    }

    [Fact]
    public void It_is_unbiased_and_its_interval_holds_the_truth_as_often_as_it_says()
    {
        const int Runs = 500, N = 2000;
        double[] logging = [.1, .3, .6], target = [.5, .3, .2], worth = [.2, .5, .7];
        double truth = target.Zip(worth, (p, m) => p * m).Sum(), sum = 0, selfNormalized = 0, squares = 0;
        int inside = 0;
        for (int run = 0; run < Runs; run++)
        {
            CounterRng rng = new(77, (ulong)run);
            ImportanceEstimate estimate = new();
            for (int n = 0; n < N; n++)
            {
                double u = rng.NextDouble();
                int a = u < .1 ? 0 : u < .4 ? 1 : 2;
                estimate.Add(target[a] / logging[a], rng.NextDouble() < worth[a] ? 1 : 0, 1);
            }

            sum += estimate.Ips;
            selfNormalized += estimate.Snips;
            squares += Square(estimate.Ips - truth);
            if (estimate.IpsLow <= truth && truth <= estimate.IpsHigh) inside++;
        }

        // Four standard errors of the mean over the runs; 95 % of 500 with four standard deviations of 4.9.
        double error = Math.Sqrt(squares / Runs / Runs);
        Assert.Equal(truth, sum / Runs, 4 * error);
        Assert.Equal(truth, selfNormalized / Runs, 4 * error);
        Assert.InRange(inside, 455, 495);
    }

    [Fact]
    public void A_compensated_sum_keeps_what_a_plain_one_loses()
    {
        CompensatedSum sum = default;
        double plain = 0;
        sum.Add(1e16);
        plain += 1e16;
        for (int n = 0; n < 10_000; n++)
        {
            sum.Add(.1);
            plain += .1;
        }

        sum.Add(-1e16);
        Assert.Equal(1000, sum.Value, 1e-9);
        Assert.NotEqual(1000, plain - 1e16, 1.0);
    }

    [Fact]
    public void The_best_fixed_action_is_the_recomputed_one_and_unknown_when_one_has_no_room()
    {
        CounterRng rng = new(2, 3);
        using FixedActions actions = new(7);
        Assert.True(double.IsNaN(actions.Best));
        SortedDictionary<ulong, double> sums = [];
        for (int n = 0; n < 2000; n++)
        {
            ulong action = 1 + rng.NextBelow(7);
            double value = rng.NextNormal();
            actions.Add(action, value);
            sums[action] = sums.GetValueOrDefault(action) + value;
            Assert.Equal(sums.Values.Max(), actions.Best);
        }

        actions.Add(8, 1);
        Assert.True(double.IsNaN(actions.Best));
    }

    private static double Square(double x) => x * x;
}
