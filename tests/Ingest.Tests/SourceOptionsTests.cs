using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;
using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests;

public class SourceOptionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        SourceOptions options = new();
        Assert.Empty(options.Validate());
        Assert.True(Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
        Assert.Same(GeneratorCatalogue.Default, options.Synthetic.Type);
        Assert.Equal(ValueRange.Unbounded, options.ToValueRange());
    }

    [Theory]
    [InlineData("0.5..5", 0.5, 5)]
    [InlineData("-10..10", -10, 10)]
    [InlineData("0..1e3", 0, 1000)]
    public void A_range_is_two_numbers(string text, double low, double high)
    {
        SourceOptions options = new() { Range = text };
        Assert.Empty(options.Validate());
        Assert.Equal(new ValueRange(low, high), options.ToValueRange());
    }

    [Fact]
    public void All_mistakes_are_told_at_once_with_what_was_found()
    {
        SourceOptions options = new() { Format = "jsonl", Columns = "user,user", Separator = "ab", Range = "5..0", MinimumValue = double.NaN };
        (string Option, string Message)[] mistakes = [.. options.Validate()];
        string[] expected = ["Columns", "Separator", "Columns", "Separator", "Range", "MinimumValue"];
        Assert.Equal(expected, mistakes.Select(m => m.Option));
        Assert.All(mistakes, m => Assert.Contains("found", m.Message));
        Assert.Contains("movielens, csv, tsv, jsonl", Assert.Single(new SourceOptions { Format = "xml" }.Validate()).Message);
    }

    [Fact]
    public void Options_of_decisions_are_told_apart_from_those_of_interactions()
    {
        Assert.Equal(new ValueRange(0, 1), new SourceOptions { RewardRange = "0..1" }.ToRewardRange());
        Assert.Equal(ValueRange.Unbounded, new SourceOptions { Range = "0..1" }.ToRewardRange());
        SourceOptions options = new() { Format = "obd", RewardRange = "1..1", Actions = 3, Columns = "user,item" };
        Assert.Equal(["Columns", "RewardRange", "Actions", "Actions"], options.Validate().Select(m => m.Option));
        Assert.Equal("Header", Assert.Single(new SourceOptions { Format = "jsonl", Header = true }.Validate()).Option);
        Assert.Empty(new SourceOptions { Format = "movielens", Header = true }.Validate());
        Assert.Empty(new SourceOptions { Format = "vw", Actions = 3 }.Validate());
        Assert.Empty(new SourceOptions { Actions = 3 }.Validate());
        options.Actions = 10_001;
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Theory]
    [InlineData(",", true)]
    [InlineData("tab", true)]
    [InlineData("\t", true)]
    [InlineData("::", false)]
    [InlineData("\"", false)]
    [InlineData("é", false)]
    [InlineData("", false)]
    public void A_separator_is_one_character_or_tab(string text, bool expected) => Assert.Equal(expected, !new SourceOptions { Separator = text }.Validate().Any());

    [Fact]
    public void Every_kind_of_source_is_in_the_catalogue_under_its_name()
    {
        Assert.Equal(Enum.GetValues<SourceKind>(), SourceCatalogue.All.Select(s => s.Kind));
        Assert.All(SourceCatalogue.All, s => Assert.Equal(s.Kind.ToString().ToLowerInvariant(), s.Name));
        Assert.All(SourceCatalogue.All.Where(s => s.Create is not null), s => Assert.NotNull(SourceFactory.Create(new SourceOptions { Type = s.Kind }, new Abstractions.Keys.EntityKeyCodec(1))));
        Assert.All(SourceCatalogue.All, s => Assert.Equal(s.Create is null, SourceFactory.IsPartitioned(new SourceOptions { Type = s.Kind })));
        Assert.Throws<InvalidOperationException>(() => SourceFactory.Create(new SourceOptions { Type = SourceKind.Kafka }, new Abstractions.Keys.EntityKeyCodec(1)));
    }
}
