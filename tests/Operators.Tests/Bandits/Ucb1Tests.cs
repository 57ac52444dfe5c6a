using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.Policies;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class Ucb1Tests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(.3)]
    public void Every_choice_is_the_recomputed_one(double delta)
    {
        using Ucb1 policy = new(new Ucb1Options { Delta = delta });
        using DecisionBatch batch = new(1);
        batch.Add(5, 0, 0);
        List<(double Reward, double Weight)>[] history = [[], [], [], [], []];
        CounterRng rng = new(5, 5);
        double[] p = new double[5];
        for (int n = 0; n < 2000; n++)
        {
            policy.Distribution(batch[0], ref rng, p);
            int choice = Array.IndexOf(p, 1.0);
            double all = history.Sum(h => h.Sum(x => x.Weight));
            double[] bounds = [.. history.Select(h => h.Count == 0 ? double.PositiveInfinity : Bound(h, all, delta))];
            Assert.True(bounds[choice] >= bounds.Max() - 1e-12, $"{choice} of {string.Join(' ', bounds)}");
            if (n < bounds.Length) Assert.Equal(n, choice);
            double reward = rng.NextDouble() < .2 + (.1 * choice) ? 1 : 0, weight = 1 + rng.NextBelow(3);
            policy.Learn(batch[0], choice, reward, weight);
            history[choice].Add((reward, weight));
        }
    }

    private static double Bound(List<(double Reward, double Weight)> pulls, double all, double delta)
    {
        double weight = pulls.Sum(x => x.Weight);
        return (pulls.Sum(x => x.Reward * x.Weight) / weight) + (delta * Math.Sqrt(2 * Math.Log(all) / weight));
    }
}
