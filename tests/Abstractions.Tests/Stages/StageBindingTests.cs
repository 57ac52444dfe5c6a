using Streaming.Abstractions.Stages;
using Xunit;

namespace Streaming.Abstractions.Tests.Stages;

public sealed class StageBindingTests
{
    private readonly StageBinding _binding = new(
        "isgd",
        7,
        new ValueRange(1, 5),
        new Dictionary<string, int> { ["mf.loss"] = 2, ["mf.rank@20"] = 1 },
        new Dictionary<string, int> { ["score"] = 0, ["rank@20"] = 3, ["rank@full"] = 4, ["rank@100"] = 5, ["ranking@7"] = 6 });

    [Fact]
    public void Slots_are_those_of_the_plan()
    {
        Assert.Equal(2, _binding.ReadReal("mf.loss").Index);
        Assert.Equal(1, _binding.ReadInteger("mf.rank@20").Index);
        Assert.Equal(0, _binding.WriteReal("score").Index);
        Assert.Equal(3, _binding.WriteInteger("rank@20").Index);
    }

    [Fact]
    public void A_column_that_nobody_reads_has_no_slot()
    {
        Assert.False(_binding.WriteReal("loss").IsAssigned);
        Assert.False(_binding.WriteInteger("rank@5").IsAssigned);
        Assert.Throws<KeyNotFoundException>(() => _binding.ReadReal("mf.score"));
    }

    [Fact]
    public void Demands_are_the_members_of_one_family_in_order_of_name()
    {
        Assert.Equal(["100", "20", "full"], _binding.Demands("rank"));
        Assert.Empty(_binding.Demands("score"));
    }

    [Fact]
    public void A_free_binding_reads_and_writes_nothing()
    {
        StageBinding free = StageBinding.Free();
        Assert.False(free.WriteReal("score").IsAssigned);
        Assert.Empty(free.Demands("rank"));
        Assert.Equal(ValueRange.Unbounded, free.Range);
    }

    [Theory]
    [InlineData(.5, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(5, 5, true)]
    [InlineData(9, 5, false)]
    [InlineData(double.NaN, double.NaN, false)]
    public void A_range_is_closed_and_clips_to_its_ends(double value, double clipped, bool contained)
    {
        Assert.Equal(clipped, _binding.Range.Clip(value));
        Assert.Equal(contained, _binding.Range.Contains(value));
        Assert.Equal(value, ValueRange.Unbounded.Clip(value));
    }
}
