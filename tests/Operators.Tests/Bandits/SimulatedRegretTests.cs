using Streaming.Abstractions.Reports;
using Streaming.Operators.Bandits;
using Streaming.Operators.Bandits.Policies;
using Xunit;

namespace Streaming.Operators.Tests.Bandits;

public sealed class SimulatedRegretTests
{
    [Fact]
    public void Lin_ucb_regrets_little_where_contexts_matter()
    {
        SimulatedBandit bandit = new(3, arms: 10, features: 10);
        double uniform = bandit.Run(SimulatedBandit.Policy("uniform"), new UniformOptions(), 20_000)["regret"].Number;
        StageReport linear = bandit.Run(SimulatedBandit.Policy("lin-ucb"), new LinUcbOptions(), 20_000);
        Assert.InRange(linear["regret"].Number, 1, .25 * uniform);
        Assert.InRange(linear["regret_exponent"].Number, .1, .85);
        Assert.Equal(0, linear["resets"].Integer);
        double all = bandit.Run(SimulatedBandit.Policy("lin-ucb"), new LinUcbOptions { Learn = LearnRule.All }, 20_000)["regret"].Number;
        Assert.InRange(all, 1, linear["regret"].Number);
    }

    [Theory]
    [InlineData("ucb1", .6)]
    [InlineData("thompson", .3)]
    [InlineData("epsilon-greedy", .5)]
    public void Learners_without_features_regret_little_where_arms_differ(string name, double share)
    {
        SimulatedBandit bandit = new(5, arms: 6, features: 0);
        double uniform = bandit.Run(SimulatedBandit.Policy("uniform"), new UniformOptions(), 4000, fullInformation: true)["regret"].Number;
        StageReport report = bandit.Run(SimulatedBandit.Policy(name), SimulatedBandit.Policy(name).NewOptions(), 4000, fullInformation: true);
        Assert.InRange(report["regret"].Number, 1, share * uniform);
        Assert.Equal(6, report["arms"].Integer);
        Assert.True(report["ctr"].Number > .6, $"{report["ctr"].Number}");
    }
}
