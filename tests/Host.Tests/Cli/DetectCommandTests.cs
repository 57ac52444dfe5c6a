using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Host.Cli;
using Streaming.Host.Configuration;
using Streaming.Operators.Drift;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class DetectCommandTests
{
    [Fact]
    public void Each_drift_is_a_line_with_the_index_of_its_number()
    {
        int[] numbers = [.. Enumerable.Repeat(0, 1000), .. Enumerable.Repeat(1, 1000)];
        Adwin adwin = new(new AdwinOptions { Delta = .01 });
        IEnumerable<string> drifts = numbers.Select((n, i) => (Signal: adwin.Update(n), i)).Where(s => s.Signal == DriftSignal.Drift).Select(s => $"{s.i}\tdrift");
        string output = Detect("adwin", null, ["Delta=0.01"], string.Join('\n', numbers));
        Assert.Equal(drifts, Lines(output));
        Assert.NotEmpty(output);
    }

    [Fact]
    public void A_warning_is_said_once_on_entry_and_again_after_it_was_left()
    {
        CounterRng rng = new(3, 1);
        List<int> errors = [];
        for (int i = 0; i < 6000; i++) errors.Add(rng.NextDouble() < (i < 3000 ? .1 : .3) ? 1 : 0);
        Ddm ddm = new(new DdmOptions { Variant = DdmVariant.Moa });
        DriftSignal[] signals = [.. errors.Select(e => ddm.Update(e))];
        List<string> expected = [];
        for (int i = 0; i < signals.Length; i++)
        {
            if (signals[i] == DriftSignal.Drift) expected.Add($"{i}\tdrift");
            if (signals[i] == DriftSignal.Warning && (i == 0 || signals[i - 1] != DriftSignal.Warning)) expected.Add($"{i}\twarning");
        }

        Assert.Equal(expected, Lines(Detect("ddm", "moa", [], string.Join('\n', errors))));
        Assert.Contains(expected, l => l.EndsWith("warning", StringComparison.Ordinal));
        Assert.True(signals.Count(s => s == DriftSignal.Warning) > expected.Count(l => l.EndsWith("warning", StringComparison.Ordinal)), "no warning lasted: the entry is not told from the stay");
    }

    [Fact]
    public void Empty_lines_and_line_ends_of_windows_do_not_count() =>
        Assert.Equal(
            Detect("page-hinkley", "river", ["Threshold=5"], "1\n2\n3\n100\n100\n", minInstances: true),
            Detect("page-hinkley", "river", ["Threshold=5"], "1\r\n\r\n 2 \r\n3\n\n100\n100", minInstances: true));

    [Theory]
    [InlineData("1\n2\nx\n", "line 3", "'x'")]
    [InlineData("NaN\n", "line 1", "'NaN'")]
    [InlineData("\n1e999\n", "line 2", "'1e999'")]
    [InlineData("1,5\n", "line 1", "'1,5'")]
    public void What_is_no_finite_number_ends_it_with_its_line(string input, string line, string found)
    {
        BadRecordsException told = Assert.Throws<BadRecordsException>(() => Detect("adwin", null, [], input));
        Assert.Contains(line, told.Message, StringComparison.Ordinal);
        Assert.Contains(found, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_is_told_in_part() =>
        Assert.True(Assert.Throws<BadRecordsException>(() => Detect("adwin", null, [], new string('9', 100_000) + "x")).Message.Length < 200);

    [Fact]
    public void An_unknown_detector_is_told_with_those_there_are() =>
        Assert.Equal(
            $"there is no detector 'adwn'; there are {string.Join(", ", DetectorCatalogue.All.Select(d => d.Name))}",
            Assert.Throws<UsageException>(() => Detect("adwn", null, [], "")).Message);

    [Fact]
    public void All_mistakes_in_the_options_are_told_together()
    {
        ConfigurationException told = Assert.Throws<ConfigurationException>(() => Detect("adwin", "river99", ["Delta=2", "Clok=3"], ""));
        Assert.Equal(["adwin:Clok", "adwin:Variant", "adwin:Delta"], told.Mistakes.Select(m => m.Path));
    }

    [Fact]
    public void The_last_of_two_values_of_an_option_counts() =>
        Assert.Equal(Detect("ddm", null, ["WarmStart=2"], "1\n0\n1\n1\n1\n1"), Detect("ddm", null, ["WarmStart=7", "warmstart=2"], "1\n0\n1\n1\n1\n1"));

    private static string Detect(string name, string? variant, string[] set, string input, bool minInstances = false)
    {
        using StringWriter output = new();
        Assert.Equal(ExitCodes.Done, DetectCommand.Run(name, variant, minInstances ? [.. set, "MinInstances=1"] : set, new StringReader(input), output));
        return output.ToString();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
