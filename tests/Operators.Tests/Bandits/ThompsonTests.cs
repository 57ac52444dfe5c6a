using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.Policies;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class ThompsonTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(3, 7, 5, 5)]
    [InlineData(30, 70, 35, 65)]
    [InlineData(2, 1, 1, 4)]
    public void Shares_are_the_probabilities_of_being_best(int a, int b, int c, int d)
    {
        const int Samples = 10_000;
        using Thompson policy = new(new ThompsonOptions { Samples = Samples });
        using DecisionBatch batch = new(1);
        batch.Add(2, 0, 0);
        policy.Learn(batch[0], 0, 1, a - 1);
        policy.Learn(batch[0], 0, 0, b - 1);
        policy.Learn(batch[0], 1, 1, c - 1);
        policy.Learn(batch[0], 1, 0, d - 1);
        double[] p = new double[2];
        CounterRng rng = new(2, 9);
        policy.Distribution(batch[0], ref rng, p);
        // Four standard deviations: wrong by chance once in 16,000, and the seed is fixed.
        double exact = FirstIsBest(a, b, c, d);
        Assert.Equal(exact, p[0], 4 * Math.Sqrt(exact * (1 - exact) / Samples));
    }

    [Fact]
    public void Rewards_are_mapped_from_their_range_clipped_and_counted()
    {
        ThompsonOptions options = new() { Low = -1, High = 3, Samples = 10_000 };
        using Thompson policy = new(options), plain = new(new ThompsonOptions { Samples = 10_000 });
        using DecisionBatch batch = new(1);
        batch.Add(2, 0, 0);
        foreach ((double reward, double share) in new[] { (-1.0, 0.0), (3, 1), (0, .25), (-7, 0), (9, 1) })
        {
            policy.Learn(batch[0], 0, reward, 2);
            plain.Learn(batch[0], 0, share, 2);
        }

        double[] p = new double[2], q = new double[2];
        CounterRng rng = new(2, 9), same = rng;
        policy.Distribution(batch[0], ref rng, p);
        plain.Distribution(batch[0], ref same, q);
        Assert.Equal(q, p);
        Assert.Equal((2L, 0L), (policy.Clipped, plain.Clipped));
    }

    [Theory]
    [InlineData(.3, .5)]
    [InlineData(.01, .01)]
    [InlineData(1, 1)]
    [InlineData(4, .2)]
    [InlineData(200, 30)]
    public void Beta_draws_have_the_mean_and_variance_of_their_distribution(double a, double b)
    {
        const int N = 200_000;
        CounterRng rng = new(6, 1);
        BetaDraw beta = new(a, b);
        double mean = a / (a + b), variance = a * b / ((a + b) * (a + b) * (a + b + 1)), sum = 0, squares = 0;
        for (int n = 0; n < N; n++)
        {
            double x = beta.Next(ref rng);
            Assert.InRange(x, 0, 1);
            sum += x;
            squares += (x - mean) * (x - mean);
        }

        Assert.Equal(mean, sum / N, 5 * Math.Sqrt(variance / N));
        Assert.Equal(variance, squares / N, .02 * variance);
    }

    /// <summary>P(X > Y) for X ~ Beta(a, b), Y ~ Beta(c, d) with whole a: sum over i below a of B(c + i, b + d) / ((b + i) B(1 + i, b) B(c, d)).</summary>
    private static double FirstIsBest(int a, int b, int c, int d)
    {
        double sum = 0;
        for (int i = 0; i < a; i++) sum += Math.Exp(LogBeta(c + i, b + d) - Math.Log(b + i) - LogBeta(1 + i, b) - LogBeta(c, d));
        return sum;
    }

    private static double LogBeta(int a, int b) => LogFactorial(a - 1) + LogFactorial(b - 1) - LogFactorial(a + b - 1);

    private static double LogFactorial(int n) => Enumerable.Range(1, n).Sum(k => Math.Log(k));
}
