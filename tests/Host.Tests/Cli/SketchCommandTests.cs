using System.Globalization;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Host.Cli;
using Streaming.Operators.Sketches;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class SketchCommandTests
{
    [Fact]
    public void A_frequency_sketch_answers_for_every_key_in_the_order_they_came_with_bounds_that_hold()
    {
        List<string> keys = [];
        CounterRng rng = new(5, 1);
        for (int i = 0; i < 5000; i++) keys.Add($"key {(int)(200 * rng.NextDouble() * rng.NextDouble())}");
        string[][] rows = Rows(Sketch("count-min", ["Width=2000"], string.Join('\n', keys)));
        Assert.Equal(keys.Distinct(StringComparer.Ordinal), rows.Select(r => r[0]));
        foreach (string[] row in rows)
        {
            int count = keys.Count(k => k == row[0]);
            Assert.InRange(count, Number(row[2]), Number(row[3]));
            Assert.True(Number(row[1]) >= count);
        }
    }

    [Fact]
    public void A_sketch_of_the_top_lists_its_keys_largest_first() =>
        Assert.Equal([["b", "3", "3", "3"], ["a", "2", "2", "2"], ["c", "1", "1", "1"]], Rows(Sketch("space-saving", ["Capacity=8"], "a\nb\nb\nc\na\nb\n")));

    [Fact]
    public void A_sketch_of_distinct_keys_prints_one_number()
    {
        string output = Sketch("hyperloglog", ["Precision=14"], string.Join('\n', Enumerable.Range(0, 1000).Concat(Enumerable.Range(0, 1000))));
        Assert.InRange(Number(Assert.Single(Rows(output))[0]), 980, 1020);
    }

    [Fact]
    public void A_query_file_asks_for_its_keys_seen_or_not()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("keys"), "b\n\nnever\n");
        foreach (string kind in (string[])["count-min", "space-saving"])
            Assert.Equal([["b", "2"], ["never", "0"]], Rows(Sketch(kind, [], "a\nb\nb\n", folder.File("keys"))).Select(r => r[..2]));
    }

    [Fact]
    public void A_sketch_that_does_not_answer_for_keys_refuses_a_query_file()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("keys"), "b\n");
        Assert.Contains("--query", Assert.Throws<UsageException>(() => Sketch("hyperloglog", [], "a\n", folder.File("keys"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_none_is_told_with_its_line()
    {
        BadRecordsException told = Assert.Throws<BadRecordsException>(() => Sketch("count-min", [], "a\nb\n" + new string('k', 300)));
        Assert.Equal("line 3 of the input is no key: bad-id", told.Message);
    }

    [Fact]
    public void An_unknown_sketch_is_told_with_those_there_are() =>
        Assert.Equal(
            $"there is no sketch 'blom'; there are {string.Join(", ", SketchCatalogue.All.Select(s => s.Name))}",
            Assert.Throws<UsageException>(() => Sketch("blom", [], "")).Message);

    [Fact]
    public void Nothing_in_nothing_out()
    {
        Assert.Equal("", Sketch("count-min", [], ""));
        Assert.Equal("", Sketch("space-saving", [], ""));
        Assert.Equal("0\n", Sketch("hyperloglog", [], ""));
    }

    private static string Sketch(string kind, string[] set, string input, string? query = null)
    {
        using StringWriter output = new(), error = new();
        Assert.Equal(ExitCodes.Done, SketchCommand.Run(kind, set, query, new StringReader(input), output, error));
        Assert.Equal("", error.ToString());
        return output.ToString();
    }

    private static string[][] Rows(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
