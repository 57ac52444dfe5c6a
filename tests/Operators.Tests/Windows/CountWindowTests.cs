using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Windows;

public class CountWindowTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(41, 1);

    [Fact]
    public void It_aggregates_the_last_events_exactly() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), seed =>
        {
            CounterRng rng = new(seed, 0);
            int size = 1 + (int)rng.NextBelow(40);
            CountWindow window = new(size);
            List<(double Value, long Time)> all = [];
            long time = 0;
            for (int i = 0; i < 300; i++)
            {
                time += (long)rng.NextBelow(4) * 500_000;
                // Multiples of 1/16: every sum is exact.
                double value = ((double)rng.NextBelow(4001) - 2000) / 16;
                all.Add((value, time));
                Assert.Equal(WindowEntry.Entered, window.Add(value, time));
                (double Value, long Time)[] last = [.. all.TakeLast(size)];
                Assert.Equal(last.Length, window.Aggregate.Count);
                Assert.Equal(last.Sum(e => e.Value), window.Aggregate.Sum);
                Assert.Equal(last.Sum(e => e.Value) / last.Length, window.Aggregate.Mean);
                double seconds = (last[^1].Time - last[0].Time) / 1e6;
                Assert.Equal(seconds > 0 ? (last.Length - 1) / seconds : double.NaN, window.Aggregate.Rate, 1e-12);
            }
        }).Check(Repeatable);

    [Fact]
    public void After_a_million_events_the_sum_is_that_of_the_window()
    {
        const int Size = 997;
        CounterRng rng = new(8, 0);
        CountWindow window = new(Size);
        double[] ring = new double[Size];
        for (int i = 0; i < 1_000_000; i++)
        {
            // Now and then a value 10^15 times as large as the others, which must leave nothing behind.
            double value = rng.NextNormal() * (rng.NextBelow(5000) == 0 ? 1e15 : 1);
            ring[i % Size] = value;
            window.Add(value, i);
            if (i % 1009 != 0) continue;
            decimal exact = 0;
            double magnitude = 0;
            foreach (double x in ring)
            {
                exact += (decimal)x;
                magnitude += Math.Abs(x);
            }

            Assert.Equal((double)exact, window.Aggregate.Sum, 1e-13 * magnitude);
        }
    }

    [Fact]
    public void A_sum_that_overflowed_recovers_when_its_values_have_left()
    {
        CountWindow window = new(3);
        foreach (double value in new[] { 1e308, 1e308, 1e308, 1, 2, 3 }) window.Add(value, 0);
        Assert.Equal(6, window.Aggregate.Sum);
    }

    [Fact]
    public void An_empty_window_has_no_mean_and_no_rate() =>
        Assert.Equal(new WindowAggregate(0, 0, double.NaN), new CountWindow(5).Aggregate);

    [Fact]
    public void A_snapshot_of_another_size_is_refused() =>
        Assert.Throws<Abstractions.State.StateMismatchException>(() => StateBytes.Restore(new CountWindow(4), StateBytes.Save(new CountWindow(5))));
}
