using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class ErrorMeasureTests
{
    private static readonly double[] Errors = Draw();

    [Fact]
    public void The_running_error_is_the_recomputed_one()
    {
        RunningError error = default;
        Assert.True(double.IsNaN(error.Mae));
        foreach (double e in Errors) error.Add(e);
        Assert.Equal(Errors.Average(Math.Abs), error.Mae, 1e-12);
        Assert.Equal(Math.Sqrt(Errors.Average(e => e * e)), error.Rmse, 1e-12);
        Assert.Equal(Errors.Length, error.Count);
    }

    [Fact]
    public void An_absurd_error_is_counted_and_left_out()
    {
        RunningError running = default;
        WindowedError window = new(3);
        FadingError fading = new(.9);
        foreach (double e in new[] { 1, double.NaN, double.PositiveInfinity, 1e200, -3 })
        {
            running.Add(e);
            window.Add(e);
            fading.Add(e);
        }

        Assert.Equal((2L, 3L, 2.0), (running.Count, running.NonFinite, running.Mae));
        Assert.Equal(2, window.Mae);
        Assert.Equal((.9 + 3) / 1.9, fading.Mae, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void The_windowed_error_is_the_recomputed_one_at_every_step(int size)
    {
        WindowedError window = new(size);
        for (int n = 1; n <= Errors.Length; n++)
        {
            window.Add(Errors[n - 1]);
            if (n % 500 == 0) window = Copy(window, size);
            if (n % 13 != 0 && n > size) continue;
            double[] last = Errors[Math.Max(0, n - size)..n];
            Assert.Equal(last.Average(Math.Abs), window.Mae, 1e-12);
            Assert.Equal(Math.Sqrt(last.Average(e => e * e)), window.Rmse, 1e-12);
        }
    }

    [Fact]
    public void A_window_forgets_a_huge_value_without_a_trace()
    {
        double[] ring = new double[10];
        SlidingSum sum = default;
        sum.Add(ring, 1e300);
        for (int i = 0; i < 10; i++) sum.Add(ring, .1);
        Assert.Equal(1.0, sum.Sum(ring), 1e-15);
    }

    [Fact]
    public void The_fading_error_weighs_by_age()
    {
        FadingError fading = new(.99);
        foreach (double e in Errors) fading.Add(e);
        double[] weights = [.. Errors.Select((_, i) => Math.Pow(.99, Errors.Length - 1 - i))];
        Assert.Equal(Errors.Zip(weights, (e, w) => Math.Abs(e) * w).Sum() / weights.Sum(), fading.Mae, 1e-12);
        Assert.Equal(Math.Sqrt(Errors.Zip(weights, (e, w) => e * e * w).Sum() / weights.Sum()), fading.Rmse, 1e-12);
    }

    [Fact]
    public void A_weighted_mean_is_the_recomputed_one_and_survives_huge_values()
    {
        WeightedMean mean = default;
        Assert.Equal(0, mean.Value);
        double[] weights = [.. Errors.Select(e => Math.Abs(e) + .1)];
        for (int i = 0; i < Errors.Length; i++) mean.Add(Errors[i], weights[i]);
        Assert.Equal(Errors.Zip(weights, (e, w) => e * w).Sum() / weights.Sum(), mean.Value, 1e-12);
        mean.Add(double.MaxValue, 1e9);
        mean.Add(-double.MaxValue, 1e9);
        mean.Add(double.MaxValue, 1e9);
        Assert.True(double.IsFinite(mean.Value));
    }

    private static WindowedError Copy(WindowedError window, int size)
    {
        WindowedError copy = new(size);
        StateBytes.Read(StateBytes.Write(window.Save), copy.Restore);
        return copy;
    }

    private static double[] Draw()
    {
        CounterRng rng = new(1, 1);
        double[] errors = new double[3000];
        for (int i = 0; i < errors.Length; i++) errors[i] = rng.NextNormal();
        return errors;
    }
}
