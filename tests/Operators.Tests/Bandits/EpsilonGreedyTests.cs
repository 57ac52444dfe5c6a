using Streaming.Abstractions.Randomness;
using Streaming.Operators.Bandits.Policies;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class EpsilonGreedyTests
{
    [Fact]
    public void The_best_mean_gets_what_exploring_leaves_and_ties_go_to_the_first()
    {
        using EpsilonGreedy policy = new(new EpsilonGreedyOptions { Epsilon = .2 });
        Assert.Equal([.85, .05, .05, .05], Probabilities(policy, 4));
        Learn(policy, 2, .5, 1);
        Assert.Equal([.05, .05, .85, .05], Probabilities(policy, 4));
        Learn(policy, 0, .5, 3);
        Assert.Equal([.85, .05, .05, .05], Probabilities(policy, 4));
        Learn(policy, 0, 0, 1);
        Assert.Equal([.05, .05, .85, .05], Probabilities(policy, 4));
    }

    [Fact]
    public void An_arm_never_pulled_has_the_initial_mean()
    {
        using EpsilonGreedy policy = new(new EpsilonGreedyOptions { Epsilon = 0, Initial = 2 });
        Learn(policy, 0, 1, 1);
        Assert.Equal([0, 1, 0], Probabilities(policy, 3));
    }

    [Fact]
    public void Exploring_dies_out_with_the_weight_of_what_was_learned()
    {
        using EpsilonGreedy policy = new(new EpsilonGreedyOptions { Epsilon = .4, Decay = .01 });
        Learn(policy, 0, 1, 30);
        Learn(policy, 1, 0, 20);
        double epsilon = .4 * Math.Exp(-.5);
        double[] p = Probabilities(policy, 2);
        Assert.Equal(1 - (epsilon / 2), p[0], 1e-14);
        Assert.Equal(epsilon / 2, p[1], 1e-14);
    }

    private static void Learn(EpsilonGreedy policy, int action, double reward, double weight)
    {
        using DecisionBatch batch = new(1);
        batch.Add(4, 0, 0);
        policy.Learn(batch[0], action, reward, weight);
    }

    private static double[] Probabilities(EpsilonGreedy policy, int actions)
    {
        using DecisionBatch batch = new(1);
        batch.Add(actions, 0, 0);
        double[] p = new double[actions];
        CounterRng rng = new(1, 1);
        policy.Distribution(batch[0], ref rng, p);
        return [.. p.Select(x => Math.Round(x, 15))];
    }
}
