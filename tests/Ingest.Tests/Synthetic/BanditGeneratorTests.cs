using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

public class BanditGeneratorTests
{
    [Theory]
    [InlineData(BanditChange.None, 10, 10)]
    [InlineData(BanditChange.Abrupt, 4, 1)]
    [InlineData(BanditChange.Gradual, 3, 7)]
    [InlineData(BanditChange.Recurring, 2, 20)]
    public void The_log_is_what_its_definition_says(BanditChange change, int arms, int features)
    {
        BanditOptions options = new() { Events = 1001, Seed = 7, Arms = arms, Features = features, Change = change };
        List<LoggedDecision> log = GeneratedLines.Decisions(new BanditGenerator(options));
        Assert.Equal(1001, log.Count);
        for (int n = 0; n < log.Count; n++)
        {
            LoggedDecision logged = log[n];
            Assert.Equal(Enumerable.Range(0, arms).Select(a => $"a{a}"), logged.Actions);
            Assert.Equal(1.0 / arms, logged.Propensity);
            Assert.Equal(logged.Reward, logged.Rewards![logged.Chosen]);
            for (int a = 0; a < arms; a++)
            {
                double[] x = Context(7, n, a, features);
                for (int k = 0; k < features; k++) Assert.Equal(Math.Round(x[k], 6), logged.Features[a][k], 1e-12);
                double product = logged.Features[a].Zip(Theta(change, 7, n, 1001, a, features)).Sum(p => p.First * p.Second);
                Assert.Equal(1 / (1 + Math.Exp(-4 * product)), logged.Expected[a], 1e-12);
            }
        }
    }

    [Fact]
    public void Choices_are_uniform_and_rewards_have_the_means_that_are_stated()
    {
        List<LoggedDecision> log = GeneratedLines.Decisions(new BanditGenerator(new BanditOptions { Events = 20_000 }));
        double chiSquare = log.GroupBy(d => d.Chosen).Sum(g => (g.Count() - 2000.0) * (g.Count() - 2000.0) / 2000);
        Assert.InRange(chiSquare, 1, 28); // 9 degrees of freedom; above with probability 0.001
        foreach (IGrouping<int, (double Mean, int Reward)> decile in log.SelectMany(d => d.Expected.Zip(d.Rewards!)).GroupBy(p => (int)(10 * p.First)))
        {
            double deviation = Math.Sqrt(decile.Sum(p => p.Mean * (1 - p.Mean)));
            Assert.InRange(decile.Sum(p => p.Reward - p.Mean), -4 * deviation, 4 * deviation);
        }

        double mean = log.Average(d => d.Expected.Average()), best = log.Average(d => d.Expected.Max());
        Assert.InRange(mean, 0.45, 0.55);
        Assert.True(best > mean + 0.25, $"{best} against {mean}");
    }

    [Theory]
    [InlineData(BanditChange.None)]
    [InlineData(BanditChange.Abrupt)]
    [InlineData(BanditChange.Gradual)]
    [InlineData(BanditChange.Recurring)]
    public void The_arm_of_the_first_quarter_is_worth_as_much_later_as_the_change_says(BanditChange change)
    {
        // How well the first segment's theta explains the means of each eighth.
        List<LoggedDecision> log = GeneratedLines.Decisions(new BanditGenerator(new BanditOptions { Events = 1600, Change = change }));
        double[] fit = [.. Enumerable.Range(0, 8).Select(e => Fit(log.Skip(e * 200).Take(200)))];
        double[] least = change switch
        {
            BanditChange.None => [1, 1, 1, 1, 1, 1, 1, 1],
            BanditChange.Abrupt => [1, 1, 0, 0, 0, 0, 0, 0],
            BanditChange.Gradual => [0.9, 0.2, 0, 0, 0, 0, 0, 0],
            _ => [1, 1, 0, 0, 1, 1, 0, 0],
        };
        for (int e = 0; e < 8; e++) Assert.True(least[e] == 0 ? fit[e] < 0.6 : fit[e] > least[e] - 1e-9, $"{change}, eighth {e}: {string.Join(", ", fit)}");

        static double Fit(IEnumerable<LoggedDecision> decisions)
        {
            double xy = 0, xx = 0, yy = 0;
            foreach (LoggedDecision d in decisions)
            {
                for (int a = 0; a < 10; a++)
                {
                    double[] theta = Arm(42, a, 0, 10);
                    double x = d.Features[a].Zip(theta).Sum(p => p.First * p.Second), y = Math.Log(d.Expected[a] / (1 - d.Expected[a])) / 4;
                    (xy, xx, yy) = (xy + (x * y), xx + (x * x), yy + (y * y));
                }
            }

            return xy / Math.Sqrt(xx * yy);
        }
    }

    [Fact]
    public void A_decision_that_would_not_fit_a_line_is_refused() =>
        Assert.Equal(["Features"], new BanditOptions { Arms = 1000, Features = 51 }.Validate().Select(m => m.Option));

    private static double[] Context(ulong seed, long n, int arm, int features)
    {
        CounterRng rng = new(CounterRng.Derive(seed, "contexts"), (ulong)n, (ulong)arm);
        double[] x = new double[features];
        for (int k = 0; k < features; k++) x[k] = -1 + (2 * rng.NextDouble());
        double norm = Math.Sqrt(x.Sum(v => v * v));
        return norm > 1 ? [.. x.Select(v => v / norm)] : x;
    }

    private static double[] Arm(ulong seed, int arm, int segment, int features)
    {
        CounterRng rng = new(CounterRng.Derive(seed, "arms"), (ulong)arm, (ulong)segment);
        double[] theta = new double[features];
        for (int k = 0; k < features; k++) theta[k] = rng.NextNormal() / Math.Sqrt(features);
        return theta;
    }

    private static double[] Theta(BanditChange change, ulong seed, long n, long events, int arm, int features)
    {
        double place = 4.0 * n / events;
        int quarter = (int)place;
        double[] here = Arm(seed, arm, change switch { BanditChange.None => 0, BanditChange.Recurring => quarter & 1, _ => quarter }, features);
        return change == BanditChange.Gradual ? [.. here.Zip(Arm(seed, arm, quarter + 1, features)).Select(p => p.First + ((place - quarter) * (p.Second - p.First)))] : here;
    }
}
