namespace Streaming.Ingest.Tests;

public class ValueGateTests
{
    [Theory]
    [InlineData(0.5, new double[0], "Taken")]
    [InlineData(1, new[] { 0, 1.0 }, "Taken")]
    [InlineData(double.NaN, new double[0], "Taken")]
    [InlineData(1.01, new double[0], "OutOfRange")]
    [InlineData(-0.01, new double[0], "OutOfRange")]
    [InlineData(0.5, new[] { 0.5, 1.5 }, "OutOfRange")]
    [InlineData(double.NaN, new[] { -1, 0.5 }, "OutOfRange")]
    public void Rewards_are_judged_by_their_own_range(double reward, double[] rewards, string expected)
    {
        ValueGate gate = new(new SourceOptions { RewardRange = "0..1", Range = "5..6", MinimumValue = 5 });
        Assert.Equal(expected, gate.JudgeReward(reward, rewards).ToString());
        Assert.Equal(Passage.Taken, new ValueGate(new SourceOptions { Range = "5..6", MinimumValue = 5 }).JudgeReward(reward, rewards));
    }

    [Fact]
    public void Values_are_judged_by_theirs()
    {
        ValueGate gate = new(new SourceOptions { RewardRange = "0..1", Range = "5..7", MinimumValue = 6 });
        Assert.Equal([Passage.Taken, Passage.Filtered, Passage.OutOfRange, Passage.Filtered], new[] { 7, 5, 1, double.NaN }.Select(gate.Judge));
    }
}
