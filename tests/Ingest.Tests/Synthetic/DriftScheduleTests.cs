using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

public class DriftScheduleTests
{
    [Fact]
    public void Without_change_there_is_one_segment()
    {
        DriftSchedule schedule = new(new RatingsOptions());
        Assert.Equal(1, schedule.Segments);
        Assert.Equal(new Tastes(0, 0), schedule.At(199_999));
    }

    [Fact]
    public void Abrupt_changes_happen_at_a_share_or_at_an_event()
    {
        DriftSchedule schedule = new(new RatingsOptions { Events = 1000, DriftAt = [0, 0.25, 600] });
        Assert.Equal(4, schedule.Segments);
        foreach ((long n, int segment) in ((long, int)[])[(0, 1), (249, 1), (250, 2), (599, 2), (600, 3), (999, 3)]) Assert.Equal(new Tastes(segment, 0), schedule.At(n));
    }

    [Fact]
    public void Gradual_change_is_linear_between_its_ends_and_has_its_turn_among_the_abrupt_ones()
    {
        DriftSchedule schedule = new(new RatingsOptions { Events = 1000, DriftAt = [0.1, 0.4, 0.9], GradualFrom = 0.4, GradualTo = 0.8 });
        Assert.Equal(5, schedule.Segments);
        (long, Tastes)[] expected =
        [
            (99, new(0, 0)), (100, new(1, 0)), (399, new(1, 0)), (400, new(2, 0)), (500, new(2, 0.25)), (600, new(2, 0.5)), (799, new(2, 399 / 400.0)),
            (800, new(3, 0)), (900, new(4, 0)),
        ];
        foreach ((long n, Tastes tastes) in expected) Assert.Equal(tastes, schedule.At(n));
    }

    [Fact]
    public void A_schedule_that_makes_no_sense_is_told()
    {
        Assert.Empty(Mistakes(new RatingsOptions { DriftAt = [0.25, 60_000], GradualFrom = 0.5, GradualTo = 0.75 }));
        Assert.Equal(["DriftAt"], Mistakes(new RatingsOptions { DriftAt = [0.5, 0.5] }));
        Assert.Equal(["DriftAt"], Mistakes(new RatingsOptions { DriftAt = [0.5, 100] }));
        Assert.Equal(["DriftAt"], Mistakes(new RatingsOptions { DriftAt = [double.NaN] }));
        Assert.Equal(["DriftAt"], Mistakes(new RatingsOptions { DriftAt = [-1] }));
        Assert.Equal(["GradualTo"], Mistakes(new RatingsOptions { GradualFrom = 0.5 }));
        Assert.Equal(["GradualFrom"], Mistakes(new RatingsOptions { GradualTo = 0.5 }));
        Assert.Equal(["GradualTo"], Mistakes(new RatingsOptions { GradualFrom = 0.5, GradualTo = 1 }));
        Assert.Equal(["DriftAt"], Mistakes(new RatingsOptions { DriftAt = [0.2, 0.6], GradualFrom = 0.5, GradualTo = 0.75 }));
        Assert.Equal(["SecondsBetween", "Factors"], Mistakes(new RatingsOptions { SecondsBetween = 86_400, Events = 1L << 40, Factors = 256 }));
    }

    private static IEnumerable<string> Mistakes(RatingsOptions options) => options.Validate().Select(m => m.Option);
}
