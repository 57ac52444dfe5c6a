using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class NormalRowsTests
{
    [Fact]
    public void A_row_depends_on_seed_and_entity_alone()
    {
        float[] a = Row(1, 7), b = Row(1, 8);
        Assert.Equal(a, Row(1, 7));
        Assert.NotEqual(a, b);
        Assert.NotEqual(a, Row(2, 7));
    }

    [Fact]
    public void Draws_have_the_stated_mean_and_deviation()
    {
        double[] draws = [.. Enumerable.Range(1, 2000).SelectMany(key => Row(3, (ulong)key)).Select(x => (double)x)];
        double mean = draws.Average();

        // 20,000 draws with sigma .1: the standard error of the mean is 7e-4, of the deviation 5e-4; four of them are allowed.
        Assert.InRange(mean, -2.9e-3, 2.9e-3);
        Assert.InRange(Math.Sqrt(draws.Average(x => (x - mean) * (x - mean))), .098, .102);
    }

    private static float[] Row(ulong seed, ulong key)
    {
        float[] row = new float[10];
        new NormalRows<float>(seed, .1).Fill(key, row);
        return row;
    }
}
