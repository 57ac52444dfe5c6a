using Streaming.Abstractions.Learning;
using Streaming.Operators.Drift;
using Xunit;

namespace Streaming.Operators.Tests.Drift;

public class PageHinkleyTests
{
    private static readonly double[] Rise = [.. new double[100], .. Enumerable.Repeat(10.0, 100)];
    private static readonly double[] Fall = [.. Rise.Select(x => -x)];

    [Theory]
    [InlineData(PageHinkleyMode.Both, true, true)]
    [InlineData(PageHinkleyMode.Up, true, false)]
    [InlineData(PageHinkleyMode.Down, false, true)]
    public void The_mode_chooses_the_direction(PageHinkleyMode mode, bool rise, bool fall)
    {
        Assert.Equal(rise, DriftTrace.Of(new PageHinkley(new PageHinkleyOptions { Mode = mode }), Rise).Drifts.Count > 0);
        Assert.Equal(fall, DriftTrace.Of(new PageHinkley(new PageHinkleyOptions { Mode = mode }), Fall).Drifts.Count > 0);
    }

    [Theory]
    [InlineData(PageHinkleyVariant.Clamped)]
    [InlineData(PageHinkleyVariant.Moa)]
    public void The_older_forms_look_upward_whatever_the_mode(PageHinkleyVariant variant)
    {
        PageHinkleyOptions options = new() { Variant = variant, Mode = PageHinkleyMode.Down };
        Assert.NotEmpty(DriftTrace.Of(new PageHinkley(options), Rise).Drifts);
        Assert.Empty(DriftTrace.Of(new PageHinkley(options), Fall).Drifts);
    }

    // Each value is ten times the one before: from index 1 on every deviation is far above the threshold.
    [Theory]
    [InlineData(PageHinkleyVariant.River, 5)]
    [InlineData(PageHinkleyVariant.Clamped, 4)]
    [InlineData(PageHinkleyVariant.Moa, 4)]
    public void The_first_alarm_waits_for_enough_values(PageHinkleyVariant variant, int earliest)
    {
        PageHinkley detector = new(new PageHinkleyOptions { Variant = variant, MinInstances = 6, Threshold = 10 });
        Assert.Equal(earliest, DriftTrace.Of(detector, [.. Enumerable.Range(0, 10).Select(i => Math.Pow(10, i + 2))]).Drifts[0]);
    }

    [Fact]
    public void The_clamped_form_alarms_at_the_threshold_the_others_above_it()
    {
        // 0 and then 2: mean 1, deviation exactly 1.
        Assert.Equal(DriftSignal.Drift, AtThreshold(PageHinkleyVariant.Clamped));
        Assert.Equal(DriftSignal.None, AtThreshold(PageHinkleyVariant.Moa));
        Assert.Equal(DriftSignal.None, AtThreshold(PageHinkleyVariant.River));

        static DriftSignal AtThreshold(PageHinkleyVariant variant)
        {
            PageHinkley detector = new(new PageHinkleyOptions { Variant = variant, MinInstances = 2, Threshold = 1, Delta = 0, Alpha = 1, Mode = PageHinkleyMode.Up });
            detector.Update(0);
            return detector.Update(2);
        }
    }
}
