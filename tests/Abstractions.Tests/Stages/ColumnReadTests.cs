using Streaming.Abstractions.Stages;
using Xunit;

namespace Streaming.Abstractions.Tests.Stages;

public sealed class ColumnReadTests
{
    [Theory]
    [InlineData("mf.loss", "mf", "loss")]
    [InlineData("isgd.rank@20", "isgd", "rank@20")]
    [InlineData("a.b.c", "a.b", "c")]
    [InlineData("latency.quantile@0.5", "latency", "quantile@0.5")]
    [InlineData("x.y@a.b@c", "x", "y@a.b@c")]
    public void A_full_name_splits_at_the_last_dot_before_the_member(string text, string stage, string column)
    {
        ColumnRead? read = ColumnRead.Parse(text, ColumnType.Real, "Watch");
        Assert.Equal(new ColumnRead(stage, column, ColumnType.Real, "Watch"), read);
        Assert.Equal(text, read!.FullName);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("mf")]
    [InlineData(".loss")]
    [InlineData("mf.")]
    [InlineData("@20")]
    [InlineData("rank@20")]
    [InlineData("rank@0.5")]
    [InlineData("mf.@20")]
    [InlineData("mf.rank@")]
    public void What_names_no_column_is_refused(string text) => Assert.Null(ColumnRead.Parse(text, ColumnType.Real, "Watch"));

    [Fact]
    public void A_family_ends_with_an_at_sign()
    {
        Assert.True(new ColumnDefinition("rank@", ColumnType.Integer, "").IsFamily);
        Assert.False(new ColumnDefinition("rank", ColumnType.Integer, "").IsFamily);
    }
}
