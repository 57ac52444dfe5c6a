using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Xunit;

namespace Streaming.Host.Tests.Configuration;

public class StrictBinderTests
{
    public enum Flavour
    {
        Plain,
        OnMatch,
        River022,
    }

    [Fact]
    public void Every_kind_of_value_is_bound()
    {
        (Options options, List<ConfigurationMistake> mistakes) = Bind(
            ("Factors", "32"), ("Rate", "2.5e-2"), ("Flavour", "on-match"), ("Name", "x"), ("Big", "18446744073709551615"), ("Maybe", "3.5"), ("On", "TRUE"),
            ("Names:0", "a"), ("Names:1", "b"), ("Inner:Depth", "7"));
        Assert.Empty(mistakes);
        Assert.Equal((32, .025, Flavour.OnMatch, "x", ulong.MaxValue, 3.5, true, 7), (options.Factors, options.Rate, options.Flavour, options.Name, options.Big, options.Maybe, options.On, options.Inner.Depth));
        Assert.Equal(["a", "b"], options.Names);
    }

    [Fact]
    public void All_mistakes_are_reported_together_with_path_value_and_what_is_allowed()
    {
        (_, List<ConfigurationMistake> mistakes) = Bind(
            ("Factrs", "3"), ("Factors", "-3"), ("Rate", "1"), ("Flavour", "sour"), ("Maybe", "NaN"), ("Inner:Depht", "1"), ("Big", "-1"), ("On", "yes"));
        string all = string.Join('\n', mistakes);
        Assert.Equal(8, mistakes.Count);
        Assert.Contains("Stage:Factrs: unknown 'Factrs' (did you mean Factors?)", all, StringComparison.Ordinal);
        Assert.Contains("Stage:Factors: found -3, allowed is from 1 to 4096", all, StringComparison.Ordinal);
        Assert.Contains("Stage:Rate: found 1, allowed is above 0 to below 1", all, StringComparison.Ordinal);
        Assert.Contains("Stage:Flavour: found 'sour', but one of plain, on-match, river022 is needed", all, StringComparison.Ordinal);
        Assert.Contains("Stage:Maybe: found 'NaN', but a finite number is needed", all, StringComparison.Ordinal);
        Assert.Contains("Stage:Inner:Depht: unknown 'Depht' (did you mean Depth?)", all, StringComparison.Ordinal);
        Assert.Contains("Stage:Big: found '-1'", all, StringComparison.Ordinal);
        Assert.Contains("Stage:On: found 'yes', but true or false is needed", all, StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_option_without_a_value_is_a_mistake()
    {
        List<ConfigurationMistake> mistakes = [];
        new StrictBinder(mistakes).Bind(Section(), new Demanding());
        Assert.Equal("Stage:Watch: is missing, and has no default", Assert.Single(mistakes).ToString());
    }

    [Fact]
    public void Rules_over_several_options_run_when_each_is_good()
    {
        List<ConfigurationMistake> mistakes = [];
        new StrictBinder(mistakes).Bind(Section(("Low", "5"), ("High", "3")), new Interval());
        Assert.Equal("Stage:Low: found 5, which is above High (3)", Assert.Single(mistakes).ToString());
    }

    [Fact]
    public void An_empty_value_takes_a_nullable_option_back_to_none()
    {
        (Options options, List<ConfigurationMistake> mistakes) = Bind(("Maybe", ""));
        Assert.Empty(mistakes);
        Assert.Null(options.Maybe);
    }

    [Fact]
    public void Reserved_keys_are_left_to_their_owner()
    {
        List<ConfigurationMistake> mistakes = [];
        new StrictBinder(mistakes).Bind(Section(("Type", "mf"), ("After", "x")), new Options(), "Type", "After");
        Assert.Empty(mistakes);
    }

    private static (Options Options, List<ConfigurationMistake> Mistakes) Bind(params (string Key, string Value)[] values)
    {
        Options options = new();
        List<ConfigurationMistake> mistakes = [];
        new StrictBinder(mistakes).Bind(Section(values), options);
        return (options, mistakes);
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create("Stage:" + v.Key, (string?)v.Value))).Build().GetSection("Stage");

    public sealed class Nested
    {
        public int Depth { get; set; }
    }

    public sealed class Options
    {
        [Range(1, 4096)]
        public int Factors { get; set; } = 10;

        [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
        public double Rate { get; set; } = .5;

        public Flavour Flavour { get; set; }

        public string? Name { get; set; }

        public ulong Big { get; set; }

        public double? Maybe { get; set; } = 1;

        public bool On { get; set; }

        public List<string> Names { get; set; } = [];

        public Nested Inner { get; set; } = new();
    }

    public sealed class Demanding
    {
        [Required]
        public string? Watch { get; set; }
    }

    public sealed class Interval : IValidatableOptions
    {
        public int Low { get; set; }

        public int High { get; set; }

        public IEnumerable<(string Option, string Message)> Validate()
        {
            if (Low > High) yield return (nameof(Low), $"found {Low}, which is above High ({High})");
        }
    }
}
