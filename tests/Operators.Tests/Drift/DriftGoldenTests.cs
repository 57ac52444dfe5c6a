using Xunit;

namespace Streaming.Operators.Tests.Drift;

public class DriftGoldenTests
{
    public static TheoryData<int, string> Cases()
    {
        TheoryData<int, string> data = [];
        for (int i = 0; i < DriftGolden.Cases.Count; i++)
        {
            DriftGoldenCase c = DriftGolden.Cases[i];
            data.Add(i, $"{c.Detector} {c.Variant} on {c.Stream}");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Alarms_are_the_published_ones(int index, string name)
    {
        DriftGoldenCase c = DriftGolden.Cases[index];
        DriftTrace trace = DriftTrace.Of(DriftGolden.Create(c.Detector, c.Variant, c.Options), DriftGolden.Stream(c.Stream));
        Assert.True(c.Drifts.SequenceEqual(trace.Drifts), $"{name}: {string.Join(' ', trace.Drifts)}");
        if (c.Warnings is not null) Assert.True(c.Warnings.SequenceEqual(trace.Warnings), $"{name}: {string.Join(' ', trace.Warnings)}");
    }

    [Fact]
    public void Every_detector_and_variant_has_a_published_trace()
    {
        string[] covered = [.. DriftGolden.Cases.Select(c => $"{c.Detector} {c.Variant}").Distinct().Order(StringComparer.Ordinal)];
        string[] variants = [.. DetectorVariants.All.Select(v => v.Name.ToLowerInvariant()).Order(StringComparer.Ordinal)];
        Assert.Equal(variants, covered);
    }
}
