using Streaming.Abstractions.Learning;
using Streaming.Operators.Drift;
using Xunit;

namespace Streaming.Operators.Tests.Drift;

public class DdmTests
{
    private static readonly double[] Errors = DetectorVariants.Errors(20_000, seed: 9);

    // The definition, computed from all errors since the last drift at every step.
    [Fact]
    public void Signals_are_those_of_the_definition()
    {
        DdmOptions options = new() { WarmStart = 25, WarningThreshold = 1.5, DriftThreshold = 2.5 };
        Ddm ddm = new(options);
        List<double> since = [];
        double leastP = double.MaxValue, leastS = double.MaxValue;
        bool warned = false;
        int drifts = 0;
        foreach (double error in Errors)
        {
            since.Add(error);
            double p = since.Sum() / since.Count;
            double s = Math.Sqrt(p * (1 - p) / since.Count);
            DriftSignal expected = DriftSignal.None;
            if (since.Count > options.WarmStart)
            {
                if (p + s <= leastP + leastS) (leastP, leastS) = (p, s);
                warned |= p + s > leastP + (options.WarningThreshold * leastS);
                if (p + s > leastP + (options.DriftThreshold * leastS)) expected = DriftSignal.Drift;
                else if (warned) expected = DriftSignal.Warning;
            }

            Assert.Equal(expected, ddm.Update(error));
            if (expected == DriftSignal.Drift) (since, leastP, leastS, warned, drifts) = ([], double.MaxValue, double.MaxValue, false, drifts + 1);
        }

        Assert.True(drifts > 5);
    }

    [Fact]
    public void A_warning_stands_until_the_drift_in_river_and_ends_with_its_cause_in_moa()
    {
        DriftTrace river = DriftTrace.Of(new Ddm(new DdmOptions()), Errors);
        DriftTrace moa = DriftTrace.Of(new Ddm(new DdmOptions { Variant = DdmVariant.Moa }), Errors);
        Assert.True(river.Warnings.Count <= river.Drifts.Count + 1);
        Assert.True(moa.Warnings.Count > river.Warnings.Count);
    }

    [Fact]
    public void Values_outside_0_to_1_count_as_the_nearest_error()
    {
        double[] wild = [.. Errors.Select(e => e == 1 ? 7.5 : -3)];
        Assert.Equal(DriftTrace.Of(new Ddm(new DdmOptions()), Errors).Drifts, DriftTrace.Of(new Ddm(new DdmOptions()), wild).Drifts);
    }

    [Fact]
    public void The_error_rate_starts_anew_after_a_drift()
    {
        Ddm ddm = new(new DdmOptions());
        int at = DriftTrace.Of(ddm, [.. new double[500], 1]).Drifts.Single();
        Assert.Equal(500, at);
        ddm.Update(1);
        Assert.Equal(1, ddm.ErrorRate);
    }

    [Fact]
    public void A_drift_threshold_below_the_warning_threshold_is_a_mistake()
    {
        Assert.Empty(new DdmOptions().Validate());
        Assert.Equal(nameof(DdmOptions.DriftThreshold), new DdmOptions { DriftThreshold = 1 }.Validate().Single().Option);
    }
}
