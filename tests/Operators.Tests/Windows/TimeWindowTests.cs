using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Windows;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Windows;

public class TimeWindowTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(43, 1);

    [Fact]
    public void It_agrees_with_a_list_in_any_order_of_arrival_and_at_any_capacity() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), seed =>
        {
            CounterRng rng = new(seed, 0);
            long span = 1 + (long)rng.NextBelow(60);
            int capacity = 1 + (int)rng.NextBelow(50);
            ulong disorder = rng.NextBelow(2 * (ulong)span) + 1;
            ulong pace = 1 + rng.NextBelow(5);
            TimeWindow window = new(span, capacity);
            TimeWindowOracle oracle = new(span, capacity);
            long clock = 1_000_000;
            for (int i = 0; i < 400; i++)
            {
                clock += (long)rng.NextBelow(pace);
                if (rng.NextBelow(100) == 0) clock += 2 * span;
                long time = rng.NextBelow(3) == 0 ? clock - (long)rng.NextBelow(disorder) : clock;
                double value = ((double)rng.NextBelow(401) - 200) / 8;
                Assert.Equal(oracle.Add(value, time), window.Add(value, time));
                Assert.Equal(oracle.Aggregate(), window.Aggregate);
                Assert.Equal(!double.IsNaN(oracle.Aggregate().Count), window.IsComplete);
            }
        }).Check(Repeatable);

    // Apache Kafka, documentation of sliding windows (difference 5,000 ms): the windows that end at the events 8000, 9200 and 12400.
    [Fact]
    public void The_windows_that_end_at_an_event_are_those_of_Kafka_Streams()
    {
        TimeWindow window = new(5000, 10);
        Assert.Equal(1, AddThenSum(window, 1, 8000));
        Assert.Equal(1 + 2, AddThenSum(window, 2, 9200));
        Assert.Equal(1 + 2 + 4, AddThenSum(window, 4, 12400));
        Assert.Equal(2 + 4 + 8, AddThenSum(window, 8, 13001));
        Assert.Equal(4 + 8 + 16, AddThenSum(window, 16, 14201));
    }

    [Fact]
    public void The_end_belongs_to_the_window_and_the_beginning_does_not()
    {
        TimeWindow window = new(100, 10);
        window.Add(1, 0);
        Assert.Equal(1 + 2, AddThenSum(window, 2, 99));
        Assert.Equal(2 + 4, AddThenSum(window, 4, 100));
        Assert.Equal(WindowEntry.Late, window.Add(8, 0));
        Assert.Equal(WindowEntry.Entered, window.Add(16, 1));
        Assert.Equal(2 + 4 + 16, window.Aggregate.Sum);
    }

    [Fact]
    public void What_the_capacity_forces_out_makes_the_aggregate_unknown_until_it_would_have_left()
    {
        TimeWindow window = new(100, 2);
        window.Add(1, 10);
        window.Add(2, 20);
        Assert.Equal(WindowEntry.Truncated, window.Add(4, 50));
        Assert.Equal(WindowAggregate.Unknown, window.Aggregate);
        Assert.Equal(WindowEntry.Truncated, window.Add(8, 109)); // 20 is forced out too
        Assert.False(window.IsComplete);
        Assert.Equal(WindowEntry.Truncated, window.Add(16, 119)); // and 50
        Assert.False(window.IsComplete);
        Assert.Equal(WindowEntry.Entered, window.Add(32, 209)); // 109 has left by itself, 50 would have
        Assert.Equal(16 + 32, window.Aggregate.Sum);
    }

    [Fact]
    public void After_many_events_the_sum_is_that_of_the_window()
    {
        const int Span = 1000;
        CounterRng rng = new(8, 0);
        TimeWindow window = new(Span, 4 * Span);
        double[] ring = new double[Span];
        for (int i = 0; i < 500_000; i++)
        {
            double value = rng.NextNormal() * (rng.NextBelow(5000) == 0 ? 1e15 : 1);
            ring[i % Span] = value;
            window.Add(value, i);
            if (i % 1009 != 0) continue;
            Assert.Equal((double)ring.Aggregate(0m, (sum, x) => sum + (decimal)x), window.Aggregate.Sum, 1e-13 * ring.Sum(Math.Abs));
        }
    }

    [Fact]
    public void The_beginning_and_the_end_of_time_are_times_too()
    {
        TimeWindow window = new(1000, 10);
        window.Add(1, long.MinValue + 1);
        Assert.Equal(1 + 2, AddThenSum(window, 2, long.MinValue + 1000));
        Assert.Equal(4, AddThenSum(window, 4, long.MaxValue));
    }

    [Fact]
    public void A_snapshot_of_another_span_or_capacity_is_refused()
    {
        byte[] saved = StateBytes.Save(new TimeWindow(100, 5));
        Assert.Throws<Abstractions.State.StateMismatchException>(() => StateBytes.Restore(new TimeWindow(101, 5), saved));
        Assert.Throws<Abstractions.State.StateMismatchException>(() => StateBytes.Restore(new TimeWindow(100, 6), saved));
    }

    private static double AddThenSum(TimeWindow window, double value, long time)
    {
        Assert.Equal(WindowEntry.Entered, window.Add(value, time));
        return window.Aggregate.Sum;
    }
}
