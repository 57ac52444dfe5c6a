using System.Numerics;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed unsafe class GroupBoundsTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void No_item_scores_above_the_bound_of_its_group_however_scores_are_rounded(bool biases, bool distance)
    {
        Check<float>(biases, distance);
        Check<double>(biases, distance);
    }

    [Fact]
    public void What_is_not_finite_bounds_nothing()
    {
        using GroupBounds<float> bounds = new(200, new BlockShape(2, Biases: false, Distance: false));
        float* row = stackalloc float[2] { float.NaN, 1 };
        bounds.Raise(70, row, 0);
        Assert.Equal(double.PositiveInfinity, bounds.Best(1, 1));
        Assert.True(double.IsNaN(bounds.Best(1, 0))); // and no comparison with it holds
        Assert.InRange(bounds.Best(0, 1), 0, 1e-20);
    }

    private static void Check<T>(bool biases, bool distance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        CounterRng rng = new(12, 4);
        T* user = stackalloc T[40];
        T* row = stackalloc T[40];
        double nearest = double.PositiveInfinity;
        for (int n = 0; n < 300; n++)
        {
            int factors = 1 + (int)rng.NextBelow(40);
            BlockShape shape = new(factors, biases, distance);
            using GroupBounds<T> bounds = new(300, shape);
            using LazyRanker<T> ranker = new(300, factors, biases, distance);
            double scale = Math.Pow(10, rng.NextBelow(9) - 4.0);
            for (int f = 0; f < factors; f++) user[f] = T.CreateTruncating(rng.NextNormal());
            for (int k = 0; k < 40; k++)
            {
                // Rows that point where the user does come nearest to the bound.
                bool aligned = rng.NextBelow(2) == 0;
                for (int f = 0; f < factors; f++) row[f] = aligned ? user[f] * T.CreateTruncating(scale) : T.CreateTruncating(scale * rng.NextNormal());
                double bias = rng.NextNormal();
                int item = (int)rng.NextBelow(300);
                bounds.Raise(item, row, bias);
                double best = bounds.Best(item / 64, bounds.Length(user)), score = double.CreateTruncating(ranker.Score(user, row, bias));
                Assert.True(score <= best, $"{score:R} is above {best:R}");
                nearest = Math.Min(nearest, best - score);
            }
        }

        Assert.InRange(nearest, 0, 1e-3); // a bound, and not just a large number
    }
}
