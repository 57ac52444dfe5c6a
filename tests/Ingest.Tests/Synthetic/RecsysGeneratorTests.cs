using System.Text.Json;
using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

public class RecsysGeneratorTests
{
    private static readonly Lazy<List<LoggedDecision>> Plain = new(() => Log(new RecsysOptions()));

    [Fact]
    public void One_record_in_ten_is_a_decision_and_the_others_are_those_of_the_ratings_generator()
    {
        RecsysOptions options = new() { Events = 5000 };
        List<string> lines = GeneratedLines.Of(new RecsysGenerator(options)), ratings = GeneratedLines.Of(new RatingsLog(new RatingsGenerator(options), LogShape.Jsonl));
        for (int n = 0; n < 5000; n++)
        {
            if (n % 10 == 9) Assert.Equal($"d{n}", LoggedDecision.Parse(lines[n]).Id);
            else Assert.Equal(ratings[n], lines[n]);
        }

        Assert.All(GeneratedLines.Of(new RecsysGenerator(new RecsysOptions { Events = 100, DecisionEvery = 1 })), l => Assert.Contains("\"actions\"", l));
    }

    [Fact]
    public void A_record_takes_160_bytes_in_the_mean()
    {
        using MemoryStream log = new();
        LogWriter.Write(new RecsysGenerator(new RecsysOptions()), log);
        Assert.InRange(log.Length / 200_000.0, 150, 170);
    }

    [Fact]
    public void Candidates_are_different_items_of_the_shelf_that_are_there()
    {
        RecsysOptions options = new() { Events = 20_000, Items = 1000, InitialShare = 0.01, Shelf = 50 };
        int fewest = 10;
        foreach (LoggedDecision d in Log(options))
        {
            int present = 10 + (int)(990 * long.Parse(d.Id![1..]) / 20_000);
            Assert.Equal(d.Actions.Length, d.Actions.Distinct().Count());
            Assert.Equal(Math.Min(10, Math.Max(2, ((present - 1) / 20) + 1)), d.Actions.Length);
            Assert.All(d.Actions, a => Assert.True((int.Parse(a) - 1) % 20 == 0 && int.Parse(a) <= Math.Max(21, present)));
            fewest = Math.Min(fewest, d.Actions.Length);
        }

        Assert.Equal(2, fewest);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(42UL)]
    public void A_click_is_had_by_a_quarter_at_random_by_more_with_the_best_arm_and_by_most_with_the_best_of_each_decision(ulong seed)
    {
        List<LoggedDecision> log = seed == 42 ? Plain.Value : Log(new RecsysOptions { Events = 60_000, Seed = seed });
        Dictionary<string, double> arms = ArmMeans(log);
        double logged = log.Average(d => d.Reward!.Value), uniform = log.Average(d => d.Expected.Average()), best = log.Average(d => d.Expected.Max());
        double bestArm = log.Average(d => d.Expected[Enumerable.Range(0, d.Actions.Length).MaxBy(i => arms[d.Actions[i]])]);
        Assert.InRange(uniform, 0.2, 0.3);
        Assert.InRange(logged, 0.2, 0.35);
        Assert.InRange(bestArm, uniform + 0.1, best - 0.05);
        Assert.InRange(best, 0.5, 0.75);
    }

    [Fact]
    public void Features_are_centered_with_a_deviation_of_about_a_half()
    {
        for (int k = 0; k < 8; k++)
        {
            double[] values = [.. Plain.Value.SelectMany(d => d.Features.Select(x => x[k]))];
            double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            Assert.InRange(mean, -0.2, 0.2);
            Assert.InRange(deviation, 0.3, 0.8);
        }
    }

    [Fact]
    public void The_stated_means_are_exactly_those_of_a_logistic_model_of_the_features_as_they_are_written()
    {
        List<LoggedDecision> log = Log(new RecsysOptions { Events = 20_000 });
        Assert.InRange(LargestResidual(log, Fitted(log)), 0, 1e-7);
    }

    [Fact]
    public void Rewards_have_the_means_that_are_stated()
    {
        foreach (IGrouping<int, (double Mean, int Reward)> decile in Plain.Value.SelectMany(d => d.Expected.Zip(d.Rewards!)).GroupBy(p => (int)(10 * p.First)))
        {
            double deviation = Math.Sqrt(decile.Sum(p => p.Mean * (1 - p.Mean)));
            Assert.InRange(decile.Sum(p => p.Reward - p.Mean), -4 * deviation, 4 * deviation);
        }

        Assert.All(Plain.Value, d => Assert.Equal(d.Rewards![d.Chosen], d.Reward));
    }

    [Fact]
    public void Uniform_choices_are_uniform()
    {
        List<LoggedDecision> log = Log(new RecsysOptions { Events = 20_000, DecisionEvery = 1, Logging = LoggingPolicy.Uniform });
        Assert.All(log, d => Assert.Equal(0.1, d.Propensity));
        double chiSquare = log.GroupBy(d => d.Chosen).Sum(g => (g.Count() - 2000.0) * (g.Count() - 2000.0) / 2000);
        Assert.InRange(chiSquare, 1, 28); // 9 degrees of freedom; above with probability 0.001
    }

    [Fact]
    public void Popular_items_are_chosen_as_often_as_the_propensities_say()
    {
        // Of each item: the sum of 1/p where it was chosen estimates the decisions it was a candidate of, with variance 1/p - 1 each.
        Dictionary<string, (double Excess, double Variance, int Chosen, int Shown)> items = [];
        foreach (LoggedDecision d in Plain.Value)
        {
            for (int i = 0; i < d.Actions.Length; i++)
            {
                (double excess, double variance, int chosen, int shown) = items.GetValueOrDefault(d.Actions[i]);
                double p = d.Propensity;
                items[d.Actions[i]] = i == d.Chosen ? (excess + (1 / p) - 1, variance + (((1 / p) - 1) / p), chosen + 1, shown + 1) : (excess - 1, variance, chosen, shown + 1);
            }

            Assert.InRange(d.Propensity, 0.05, 0.55);
            Assert.Equal(Math.Round(d.Propensity, 6), d.Propensity);
        }

        double chiSquare = items.Values.Sum(i => i.Excess * i.Excess / i.Variance);
        Assert.InRange(chiSquare, items.Count * 0.4, items.Count + (4 * Math.Sqrt(2 * items.Count)));
        double[] shares = [.. items.Values.Select(i => i.Chosen / (double)i.Shown)];
        Assert.True(shares.Max() > 3 * shares.Min(), $"from {shares.Min()} to {shares.Max()}");
    }

    [Fact]
    public void Rewards_of_all_candidates_are_left_out_where_they_are_not_wanted_and_nothing_else_changes()
    {
        List<LoggedDecision> full = Log(new RecsysOptions { Events = 3000 }), part = Log(new RecsysOptions { Events = 3000, FullInformation = false });
        Assert.All(part, d => Assert.Null(d.Rewards));
        Assert.Equal(full.Select(d => (d.Id, d.Chosen, d.Reward, d.Propensity)), part.Select(d => (d.Id, d.Chosen, d.Reward, d.Propensity)));
        Assert.Equal(full.SelectMany(d => d.Expected), part.SelectMany(d => d.Expected));
    }

    [Fact]
    public void Late_rewards_are_the_rewards_of_the_other_log_after_an_exponential_delay()
    {
        RecsysOptions options = new() { LateRewards = true, SecondsBetween = 5, MeanDelaySeconds = 400 };
        Dictionary<string, long> decided = [], delays = [];
        foreach (string line in GeneratedLines.Of(new RecsysGenerator(options)).Where(l => l.Contains("\"decision\"", StringComparison.Ordinal)))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            (string id, long time) = (document.RootElement.GetProperty("decision").GetString()!, document.RootElement.GetProperty("ts").GetInt64());
            if (document.RootElement.TryGetProperty("actions", out _))
            {
                decided.Add(id, time);
                Assert.False(document.RootElement.TryGetProperty("reward", out _) || document.RootElement.TryGetProperty("rewards", out _));
            }
            else
            {
                Assert.Equal($"{{\"ts\":{time},\"decision\":\"{id}\",\"reward\":1}}", line);
                delays.Add(id, time - decided[id]);
            }
        }

        Assert.Equal(Plain.Value.Where(d => d.Reward == 1).Select(d => d.Id), delays.Keys.OrderBy(k => long.Parse(k[1..])));
        double mean = delays.Values.Average(), beyond = delays.Values.Count(d => d > 400) / (double)delays.Count, error = 4 / Math.Sqrt(delays.Count);
        Assert.InRange(mean, 400 * (1 - error), 400 * (1 + error));
        Assert.InRange(beyond, Math.Exp(-1) - (error / 2), Math.Exp(-1) + (error / 2));
    }

    [Fact]
    public void Drift_changes_the_best_items_and_the_weights_of_the_features_where_it_is_said()
    {
        List<LoggedDecision> log = Log(new RecsysOptions { DriftAt = [0.5] });
        List<LoggedDecision> before = [.. log.Where(d => Number(d) < 100_000)], after = [.. log.Where(d => Number(d) >= 100_000)];
        Dictionary<string, double> old = ArmMeans(before);
        double kept = after.Average(d => d.Expected[Enumerable.Range(0, d.Actions.Length).MaxBy(i => old.GetValueOrDefault(d.Actions[i]))]);
        Dictionary<string, double> fresh = ArmMeans(after);
        double relearned = after.Average(d => d.Expected[Enumerable.Range(0, d.Actions.Length).MaxBy(i => fresh[d.Actions[i]])]);
        Assert.True(relearned > kept + 0.1, $"{relearned} against {kept}");
        Assert.NotEqual(old.MaxBy(a => a.Value).Key, fresh.MaxBy(a => a.Value).Key);

        double[] first = Fitted(before), second = Fitted(after);
        Assert.InRange(LargestResidual(before, first), 0, 1e-7);
        Assert.InRange(LargestResidual(after, second), 0, 1e-7);
        Assert.True(LargestResidual(after, first) > 1);
        Assert.Equal(Plain.Value.Where(d => Number(d) < 100_000).SelectMany(d => d.Expected), before.SelectMany(d => d.Expected));
    }

    [Fact]
    public void Gradual_change_moves_the_weights_of_the_features_linearly()
    {
        List<LoggedDecision> log = Log(new RecsysOptions { Events = 40_000, DecisionEvery = 1, GradualFrom = 10_000, GradualTo = 30_000 });
        double[] before = Fitted(log[..10_000]), after = Fitted(log[30_000..]);
        Assert.InRange(LargestResidual(log[..10_000], before), 0, 1e-7);
        Assert.InRange(LargestResidual(log[30_000..], after), 0, 1e-7);
        foreach (double share in (double[])[0.25, 0.5, 0.75])
        {
            double[] mixed = [.. before.Zip(after).Select(p => ((1 - share) * p.First) + (share * p.Second))];
            Assert.InRange(LargestResidual([log[10_000 + (int)(share * 20_000)]], mixed), 0, 1e-6);
        }
    }

    [Fact]
    public void Options_that_contradict_each_other_are_told()
    {
        Assert.Equal(["Items"], new RecsysOptions { Items = 1 }.Validate().Select(m => m.Option));
        Assert.Equal(["Candidates"], new RecsysOptions { Shelf = 9 }.Validate().Select(m => m.Option));
        Assert.Equal(["Features"], new RecsysOptions { Candidates = 1000, Shelf = 1000, Features = 51 }.Validate().Select(m => m.Option));
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(256, 3, 2)]
    [InlineData(40, 64, 30)]
    public void Any_numbers_of_features_factors_and_items_go_together(int features, int factors, int items)
    {
        RecsysOptions options = new() { Events = 500, Features = features, Factors = factors, Items = Math.Max(2, items), BiasDeviation = 0, PopularityExponent = 0 };
        List<LoggedDecision> log = Log(options);
        Assert.Equal(50, log.Count);
        Assert.All(log, d => Assert.All(d.Features, x => Assert.Equal(features, x.Length)));
        Assert.All(log, d => Assert.All(d.Features, x => Assert.Equal((0, 0), (x[^1], x[^2]))));
    }

    private static List<LoggedDecision> Log(RecsysOptions options) => GeneratedLines.Decisions(new RecsysGenerator(options));

    private static long Number(LoggedDecision decision) => long.Parse(decision.Id![1..]);

    private static Dictionary<string, double> ArmMeans(IEnumerable<LoggedDecision> log) =>
        log.SelectMany(d => d.Actions.Zip(d.Expected)).GroupBy(p => p.First, p => p.Second).ToDictionary(g => g.Key, g => g.Average());

    /// <summary>Least squares of the log odds on the features and a constant, by the normal equations.</summary>
    private static double[] Fitted(List<LoggedDecision> log)
    {
        int size = log[0].Features[0].Length + 1;
        double[,] a = new double[size, size + 1];
        foreach (LoggedDecision d in log)
        {
            for (int i = 0; i < d.Actions.Length; i++)
            {
                double[] row = [.. d.Features[i], 1, Odds(d.Expected[i])];
                for (int r = 0; r < size; r++)
                {
                    for (int c = 0; c <= size; c++) a[r, c] += row[r] * row[c];
                }
            }
        }

        for (int pivot = 0; pivot < size; pivot++)
        {
            for (int r = 0; r < size; r++)
            {
                if (r == pivot) continue;
                double times = a[r, pivot] / a[pivot, pivot];
                for (int c = pivot; c <= size; c++) a[r, c] -= times * a[pivot, c];
            }
        }

        return [.. Enumerable.Range(0, size).Select(r => a[r, size] / a[r, r])];
    }

    private static double LargestResidual(IEnumerable<LoggedDecision> log, double[] model) =>
        log.SelectMany(d => d.Features.Zip(d.Expected)).Max(p => Math.Abs(Odds(p.Second) - model[^1] - p.First.Zip(model).Sum(q => q.First * q.Second)));

    private static double Odds(double mean) => Math.Log(mean / (1 - mean));
}
