using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Numerics;

public sealed class TopDemandTests
{
    [Theory]
    [InlineData("10", 10, 1, "10")]
    [InlineData("010", 10, 1, "10")]
    [InlineData("10/1", 10, 1, "10")]
    [InlineData("1/16", 1, 16, "1/16")]
    [InlineData("100/1048576", 100, 1 << 20, "100/1048576")]
    public void A_member_has_one_spelling(string text, int k, int sample, string member)
    {
        Assert.True(TopDemand.TryParse(text, out TopDemand demand));
        Assert.Equal((k, sample, member, "top@" + member), (demand.K, demand.Sample, demand.Member, demand.Column));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("full")]
    [InlineData("10/")]
    [InlineData("/16")]
    [InlineData("10/0")]
    [InlineData("10/1048577")]
    [InlineData("10/4/4")]
    [InlineData("-1")]
    [InlineData(" 10")]
    public void What_is_no_member_is_refused(string text) => Assert.False(TopDemand.TryParse(text, out _));

    [Fact]
    public void A_sample_has_its_share_of_the_users_and_holds_every_smaller_one()
    {
        const int Users = 200_000;
        int included = 0;
        for (ulong user = 1; user <= Users; user++)
        {
            Assert.True(new TopDemand(10, 1).Includes(user));
            if (!new TopDemand(10, 16).Includes(user)) continue;
            included++;
            Assert.True(new TopDemand(5, 7).Includes(user));
        }

        // Binomial: ten standard deviations.
        Assert.InRange(included, (Users / 16) - 1083, (Users / 16) + 1083);
    }
}
