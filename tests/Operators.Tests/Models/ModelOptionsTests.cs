using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>What every option of a model or evaluator promises.</summary>
public sealed class ModelOptionsTests
{
    public static TheoryData<string> All => [.. ModelStages.All.Concat(EvaluationStages.All).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_number_has_a_range_that_holds_its_default_and_refuses_nan(string name)
    {
        object options = Type(name).NewOptions();
        foreach (PropertyInfo property in options.GetType().GetProperties())
        {
            Assert.True(property.CanWrite, $"{property.Name} cannot be set.");
            if (property.PropertyType != typeof(int) && property.PropertyType != typeof(double)) continue;
            RangeAttribute range = Assert.IsType<RangeAttribute>(property.GetCustomAttribute<RangeAttribute>());
            Assert.True(range.IsValid(property.GetValue(options)), $"The default of {property.Name} is out of its range.");
            Assert.False(range.IsValid(property.PropertyType == typeof(double) ? double.NaN : -1));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Columns_and_stages_have_names_and_meanings(string name)
    {
        StageType type = Type(name);
        Assert.Equal(type.Columns.Count, type.Columns.Select(c => c.Name).Distinct().Count());
        Assert.All(type.Columns, c => Assert.EndsWith(".", c.Meaning, StringComparison.Ordinal));
        Assert.EndsWith(".", type.Summary, StringComparison.Ordinal);
        Assert.True(type.Bytes(type.NewOptions(), StageBinding.Free()) > 0);
    }

    [Fact]
    public void A_rank_of_a_depth_that_is_none_is_refused()
    {
        StageBinding binding = new("m", 1, ValueRange.Unbounded, new Dictionary<string, int>(), new Dictionary<string, int> { ["rank@deep"] = 0 });
        ArgumentException e = Assert.Throws<ArgumentException>(() => Type("popularity").Create(new PopularityOptions(), binding));
        Assert.Contains("m.rank@deep", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_a_length_that_is_none_is_refused()
    {
        StageBinding binding = new("m", 1, ValueRange.Unbounded, new Dictionary<string, int>(), new Dictionary<string, int> { ["top@101"] = 0 });
        ArgumentException e = Assert.Throws<ArgumentException>(() => Type("popularity").Create(new PopularityOptions(), binding));
        Assert.Contains("m.top@101", e.Message, StringComparison.Ordinal);
    }

    private static StageType Type(string name) => ModelStages.All.Concat(EvaluationStages.All).Single(t => t.Name == name);
}
