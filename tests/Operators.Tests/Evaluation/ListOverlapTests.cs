using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Evaluation;
using Xunit;

namespace Streaming.Operators.Tests.Evaluation;

public sealed class ListOverlapTests
{
    // Webber, Moffat, Zobel 2010, figure 5: the agreement of abcdefg and zcavwxy at depths 1 to 7.
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.98)]
    public void The_lists_of_the_paper_have_the_agreements_of_the_paper(double p)
    {
        double[] agreements = [0, 0, 2 / 3.0, 2 / 4.0, 2 / 5.0, 2 / 6.0, 2 / 7.0];
        double expected = agreements[^1] * Math.Pow(p, 7); // equation 30: what was seen, and the last agreement for all that follows
        for (int d = 1; d <= 7; d++) expected += (1 - p) * Math.Pow(p, d - 1) * agreements[d - 1];
        (double jaccard, double rbo) = Compare("abcdefg", "zcavwxy", p);
        Assert.Equal(expected, rbo, 1e-12);
        Assert.Equal(2 / 12.0, jaccard, 1e-12);
    }

    // The examples of public implementations of equation 32.
    [Theory]
    [InlineData("abcdefg", "abcdefg", 0.9, 1, 1)]
    [InlineData("abcdefg", "bacdefg", 0.9, 0.9, 1)]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "abcdefg", 0.95, 1, 7 / 26.0)]
    [InlineData("abcde", "fghij", 0.95, 0, 0)]
    [InlineData("a", "a", 0.95, 1, 1)]
    [InlineData("a", "b", 0.95, 0, 0)]
    public void Known_lists_have_known_overlaps(string one, string other, double p, double rbo, double jaccard)
    {
        Assert.Equal(rbo, Compare(one, other, p).Rbo, 1e-12);
        Assert.Equal(jaccard, Compare(one, other, p).Jaccard, 1e-12);
    }

    [Fact]
    public void Any_two_lists_have_the_overlaps_that_sets_and_the_equation_give_in_either_order() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(815, 7),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
            {
                CounterRng rng = new((ulong)seed, 1);
                ulong[] one = Draw(ref rng), other = rng.NextBelow(9) == 0 ? [.. one] : Draw(ref rng);
                double p = 0.01 + (0.98 * rng.NextDouble());
                (double jaccard, double rbo) = new ListOverlap(100, p).Compare(one, other);
                Assert.Equal((double)one.Intersect(other).Count() / one.Union(other).Count(), jaccard);
                Assert.Equal(Equation32(one, other, p), rbo, 1e-9);
                Assert.InRange(rbo, 0, 1);
                Assert.Equal((jaccard, rbo), new ListOverlap(100, p).Compare(other, one));
            }));

    private static (double Jaccard, double Rbo) Compare(string one, string other, double p) =>
        new ListOverlap(26, p).Compare([.. one.Select(c => (ulong)c)], [.. other.Select(c => (ulong)c)]);

    private static double Equation32(ulong[] one, ulong[] other, double p)
    {
        (ulong[] shorter, ulong[] longer) = one.Length <= other.Length ? (one, other) : (other, one);
        double s = shorter.Length, l = longer.Length, sum = 0;
        for (int d = 1; d <= l; d++) sum += Common(d) / (double)d * Math.Pow(p, d);
        for (int d = (int)s + 1; d <= l; d++) sum += Common((int)s) * (d - s) / (s * d) * Math.Pow(p, d);
        return ((1 - p) / p * sum) + ((((Common((int)l) - Common((int)s)) / l) + (Common((int)s) / s)) * Math.Pow(p, l));

        int Common(int depth) => shorter.Take(depth).Intersect(longer.Take(depth)).Count();
    }

    // 1 to 100 of few or many items, in some order.
    private static ulong[] Draw(ref CounterRng rng)
    {
        int length = 1 + (int)rng.NextBelow(rng.NextBelow(3) == 0 ? 100UL : 12UL);
        List<ulong> items = [.. Enumerable.Range(1, length + (int)rng.NextBelow(20)).Select(i => (ulong)i)];
        ulong[] list = new ulong[length];
        for (int i = 0; i < length; i++)
        {
            int at = (int)rng.NextBelow((ulong)items.Count);
            list[i] = items[at];
            items.RemoveAt(at);
        }

        return list;
    }
}
