using Streaming.Abstractions.Randomness;
using Xunit;

namespace Streaming.Abstractions.Tests.Randomness;

public sealed class CounterRngTests
{
    /// <summary>SplitMix64 as published (Steele, Lea, Flood 2014), kept apart from the code under test.</summary>
    private static ulong SplitMix64(ulong seed, int n)
    {
        ulong z = seed + ((ulong)n * 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    [Fact]
    public void The_oracle_gives_the_published_numbers()
    {
        Assert.Equal((0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4UL, 0x06C45D188009454FUL), (SplitMix64(0, 1), SplitMix64(0, 2), SplitMix64(0, 3)));
        Assert.Equal((6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL), (SplitMix64(1234567, 1), SplitMix64(1234567, 2), SplitMix64(1234567, 3)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(42, 7)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    public void A_stream_is_SplitMix64_from_a_hash_of_seed_and_stream(ulong seed, ulong stream)
    {
        ulong start = SplitMix64(SplitMix64(seed, 1) ^ (stream * 0xD6E8FEB86659FD93UL), 0);
        CounterRng rng = new(seed, stream);
        for (int n = 1; n <= 100; n++) Assert.Equal(SplitMix64(start, n), rng.NextBits());
    }

    [Fact]
    public void A_copy_goes_on_from_the_same_place()
    {
        CounterRng rng = new(1, 2, 3);
        _ = rng.NextBits();
        CounterRng copy = rng;
        Assert.Equal(rng.NextBits(), copy.NextBits());
    }

    [Fact]
    public void A_draw_depends_on_its_names_alone_and_not_on_the_order()
    {
        static double First(int i) => new CounterRng(9, 4, (ulong)i).NextDouble();
        double[] forward = [.. Enumerable.Range(0, 100).Select(First)];
        double[] backward = [.. Enumerable.Range(0, 100).Reverse().Select(First).Reverse()];
        Assert.Equal(forward, backward);
    }

    [Fact]
    public void Seeds_streams_and_substreams_are_all_distinct()
    {
        HashSet<ulong> seen = [];
        for (ulong seed = 0; seed < 20; seed++)
        {
            for (ulong stream = 0; stream < 20; stream++)
            {
                Assert.True(seen.Add(new CounterRng(seed, stream).NextBits()));
                for (ulong sub = 0; sub < 20; sub++) Assert.True(seen.Add(new CounterRng(seed, stream, sub).NextBits()));
            }
        }

        Assert.NotEqual(new CounterRng(0, 1, 2).NextBits(), new CounterRng(0, 2, 1).NextBits());
        Assert.NotEqual(CounterRng.Derive(1, "mf"), CounterRng.Derive(1, "drift"));
        Assert.NotEqual(CounterRng.Derive(1, "mf"), CounterRng.Derive(2, "mf"));
    }

    /// <summary>Chi-square of 100 cells: 99 degrees of freedom, above 148.2 with probability 0.001; the seed is fixed, so it is so or not.</summary>
    private static double ChiSquare(IEnumerable<int> cells, int draws)
    {
        int[] counts = new int[100];
        foreach (int cell in cells) counts[cell]++;
        double expected = draws / 100.0;
        return counts.Sum(n => (n - expected) * (n - expected) / expected);
    }

    [Fact]
    public void Draws_along_a_stream_are_uniform()
    {
        CounterRng rng = new(42, 1);
        Assert.InRange(ChiSquare(Enumerable.Range(0, 100_000).Select(_ => (int)(rng.NextDouble() * 100)), 100_000), 50, 148.2);
        Assert.InRange(ChiSquare(Enumerable.Range(0, 100_000).Select(_ => (int)rng.NextBelow(100)), 100_000), 50, 148.2);
    }

    [Fact]
    public void First_draws_across_neighbouring_streams_are_uniform()
    {
        Assert.InRange(ChiSquare(Enumerable.Range(0, 100_000).Select(i => (int)(new CounterRng(42, (ulong)i).NextDouble() * 100)), 100_000), 50, 148.2);
        Assert.InRange(ChiSquare(Enumerable.Range(0, 100_000).Select(i => (int)(new CounterRng(42, 3, (ulong)i).NextDouble() * 100)), 100_000), 50, 148.2);
    }

    [Fact]
    public void Pairs_of_neighbouring_streams_are_uniform_in_the_square()
    {
        static int Cell(int i) => (int)(new CounterRng(1, (ulong)i).NextDouble() * 10) * 10 + (int)(new CounterRng(1, (ulong)i + 1).NextDouble() * 10);
        Assert.InRange(ChiSquare(Enumerable.Range(0, 50_000).Select(i => Cell(2 * i)), 50_000), 50, 148.2);
    }

    [Fact]
    public void Normal_draws_have_mean_0_variance_1_and_normal_tails()
    {
        CounterRng rng = new(42, 5);
        double[] z = [.. Enumerable.Range(0, 100_000).Select(_ => rng.NextNormal())];
        double mean = z.Average();
        // 4 standard errors of the mean (1 / sqrt n) and of the variance (sqrt(2 / n)).
        Assert.InRange(mean, -.0127, .0127);
        Assert.InRange(z.Sum(x => (x - mean) * (x - mean)) / z.Length, 1 - .0179, 1 + .0179);
        Assert.InRange(z.Count(x => Math.Abs(x) > 1.959963984540054) / (double)z.Length, .05 - .0028, .05 + .0028);
    }

    [Fact]
    public void Uniform_draws_stay_in_their_intervals()
    {
        CounterRng rng = new(3, 3);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.InRange(rng.NextDouble(), 0, 1 - Math.Pow(2, -53));
            Assert.InRange(rng.NextOpenDouble(), Math.Pow(2, -53), 1 - Math.Pow(2, -53));
            Assert.InRange(rng.NextBelow(3), 0UL, 2UL);
        }

        Assert.Equal(0UL, rng.NextBelow(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CounterRng(1, 1).NextBelow(0));
    }
}
